// What a message is spoken with: the microphone of this device, or a telephone of one's own.
import { find, make } from '../page/dom.js';

export class BySource {
  #engine;
  #changed;
  #select = find('source');

  /** `changed()` is told when the person has chosen, or a telephone has come or gone. */
  constructor(engine, changed) {
    this.#engine = engine;
    this.#changed = changed;
    this.#select.addEventListener('change', () => changed());
    engine.addEventListener('people', () => this.#show());
    this.#show();
  }

  /** The telephone that was chosen, or null for the microphone. */
  get telephone() {
    return this.#select.value || null;
  }

  #show() {
    const own = [...this.#engine.people.values()].filter((person) => person.own_telephone);
    const chosen = this.#select.value;
    const there = (person) => person.status !== 'offline';
    this.#select.replaceChildren(
      make('option', { value: '' }, 'Microphone'),
      ...own.map((person) => make('option', { value: person.guid, disabled: !there(person) || undefined }, there(person) ? person.display : `${person.display} (away)`)),
    );
    this.#select.value = own.some((person) => person.guid === chosen && there(person)) ? chosen : '';
    find('source-label').hidden = own.length === 0;
    if (this.#select.value !== chosen) this.#changed();
  }
}
