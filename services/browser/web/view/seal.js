// The sign of the seal: a lock with words.
import { icon, make } from '../page/dom.js';

/** `brief`: the words "sealed" only for screen readers; "not sealed" is always written out. */
export function lock(sealed, brief = false) {
  const words = sealed ? 'sealed' : 'not sealed';
  return make('span', { class: 'lock', dataset: { sealed: String(sealed) }, title: sealed ? 'Sealed: only the recipient can hear it' : 'Not sealed: the server can hear it' },
    icon(sealed ? 'locked' : 'unlocked'),
    make('span', { class: brief && sealed ? 'visually-hidden' : '' }, words));
}
