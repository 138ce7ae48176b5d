// The chips of those whom the next message is for, each with its seal in words.
import { arrange, find, icon, make } from '../page/dom.js';
import { face } from './face.js';
import { lock } from './seal.js';

export class Recipients {
  #engine;
  #selection;
  #chips = new Map();

  constructor(engine, selection) {
    this.#engine = engine;
    this.#selection = selection;
    selection.addEventListener('change', () => this.#show());
    engine.addEventListener('people', () => {
      this.#chips.clear();
      this.#show();
    });
  }

  #show() {
    const guids = this.#selection.guids;
    for (const guid of this.#chips.keys()) if (!this.#selection.has(guid)) this.#chips.delete(guid);
    arrange(find('chips'), guids.map((guid) => this.#chip(guid)));
    find('chips-empty').hidden = guids.length > 0;
  }

  #chip(guid) {
    if (!this.#chips.has(guid)) {
      const person = this.#engine.person(guid);
      this.#chips.set(guid, make('li', { class: 'chip' },
        face(person, 'tiny'), person.display, lock(person.sealed, true),
        make('button', { type: 'button', 'aria-label': `Take ${person.display} off`, onclick: () => this.#remove(guid) }, icon('close'))));
    }
    return this.#chips.get(guid);
  }

  #remove(guid) {
    this.#selection.choose(guid, false);
    (find('chips').querySelector('button') ?? find('people-search')).focus();
  }
}
