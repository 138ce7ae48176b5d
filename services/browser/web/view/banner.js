// The strip that tells how the link is, in words; nothing when all is well. What changes only for
// a moment is not shown.
import { find, icon } from '../page/dom.js';

const AFTER_MS = 900;

const WORDS = {
  offline: 'Off-line. You can listen and record; it is sent when the connection is back.',
  connecting: 'Connecting…',
};

export class Banner {
  #timer;
  #shown = '';

  constructor(engine) {
    engine.addEventListener('session', () => this.#later(engine.session.link));
  }

  #later(link) {
    clearTimeout(this.#timer);
    if (WORDS[link] === undefined) this.#show('');
    else if (this.#shown !== '' && link === 'connecting') return;
    else this.#timer = setTimeout(() => this.#show(WORDS[link]), AFTER_MS);
  }

  #show(words) {
    if (words === this.#shown) return;
    this.#shown = words;
    const banner = find('banner');
    banner.hidden = words === '';
    banner.replaceChildren(icon('offline'), words);
  }
}
