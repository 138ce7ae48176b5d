// A person's face: initials on a colour, with the sign of presence.
import { make } from '../page/dom.js';
import { hue, initials } from '../page/words.js';

/** An avatar; `size` is '', 'small' or 'tiny'. Presence is said in words elsewhere. */
export function face(person, size = '', withPresence = true) {
  return make('span', { class: `avatar ${size} ${hue(person.guid)}`, 'aria-hidden': 'true' },
    initials(person.display),
    withPresence && make('span', { class: 'presence', dataset: { status: person.status } }));
}
