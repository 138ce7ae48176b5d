// A person in a dialog: contact or not, and the safety number of the key.
import { find, icon, make } from '../page/dom.js';
import { presence } from '../page/words.js';
import { face } from './face.js';

const TRUST = {
  none: 'Has not joined yet, and has no key.',
  pinned: 'Sealed end to end. The key is the one this device saw first.',
  verified: 'Sealed end to end. You have compared the safety number.',
  changed: 'The key is not the one this device knew. Somebody may have joined again after losing a password, or somebody may pretend. Compare the number before you trust it.',
};

export class PersonCard {
  #engine;
  #dialog = find('person');
  #guid = null;

  constructor(engine) {
    this.#engine = engine;
    engine.addEventListener('people', () => this.#dialog.open && this.#draw());
  }

  show(guid) {
    this.#guid = guid;
    this.#draw();
    this.#dialog.showModal();
  }

  async #draw() {
    const person = this.#engine.person(this.#guid);
    const number = await this.#engine.safetyNumber(this.#guid);
    this.#dialog.replaceChildren(
      make('div', { class: 'dialog-head' },
        make('h2', { id: 'person-title' }, person.display),
        make('button', { class: 'icon-button', type: 'button', 'aria-label': 'Close', onclick: () => this.#dialog.close() }, icon('close'))),
      make('div', { class: 'dialog-body' }, this.#who(person), this.#key(person, number)));
  }

  #who(person) {
    const contact = () => this.#engine.command(person.contact ? 'remove_contact' : 'add_contact', { name: person.name });
    return make('div', { class: 'person-card' }, face(person),
      make('div', { class: 'grow' }, make('p', {}, presence(person.status)), make('p', { class: 'quiet' }, person.name)),
      make('button', { class: 'button', type: 'button', 'aria-pressed': String(person.contact), onclick: contact },
        icon(person.contact ? 'starred' : 'star'), person.contact ? 'Contact' : 'Add to contacts'));
  }

  #key(person, number) {
    if (!person.sealed) {
      return make('p', {}, 'This is a telephone. It has no cipher of its own: the server seals and opens its messages.');
    }
    const trust = person.trust === 'changed' || person.trust === 'pinned';
    return make('div', { class: 'setting' },
      make('p', {}, TRUST[person.trust]),
      number && make('p', { class: 'safety', 'aria-label': 'Safety number' }, ...groups(number).map((digits) => make('span', {}, digits))),
      number && make('p', { class: 'hint' }, `Read it to each other, face to face or by telephone. ${person.display} finds the same number under your name.`),
      number && trust && make('button', {
        class: 'button primary', type: 'button',
        onclick: () => this.#engine.command('trust_key', { person: person.guid }),
      }, icon('check'), 'The numbers are the same'));
  }
}

function groups(number) {
  return number.replace(/\D/g, '').match(/.{1,5}/g) ?? [];
}
