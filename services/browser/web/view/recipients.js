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
    engine.addEventListener('people', () => this.#show());
  }

  #show() {
    const guids = this.#selection.guids;
    for (const guid of this.#chips.keys()) if (!this.#selection.has(guid)) this.#chips.delete(guid);
    arrange(find('chips'), guids.map((guid) => this.#chip(guid)));
    find('chips-empty').hidden = guids.length > 0;
  }

  #chip(guid) {
    const person = this.#engine.person(guid);
    const look = JSON.stringify(person);
    const old = this.#chips.get(guid);
    if (old?.look === look) return old.node;
    const remove = old?.remove ?? make('button', { type: 'button', onclick: () => this.#remove(guid) }, icon('close'));
    const node = old?.node ?? make('li', { class: 'chip' });
    remove.setAttribute('aria-label', `Take ${person.display} off`);
    arrange(node, [face(person, 'tiny'), document.createTextNode(person.display), lock(person.sealed, true), remove]);
    this.#chips.set(guid, { look, node, remove });
    return node;
  }

  #remove(guid) {
    this.#selection.choose(guid, false);
    (find('chips').querySelector('button') ?? find('people-search')).focus();
  }
}
