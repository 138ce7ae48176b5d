// The list of people: contacts first, found by typing, chosen by a click.
import { arrange, find, icon, make, setText } from '../page/dom.js';
import { presence } from '../page/words.js';
import { face } from './face.js';

export class People {
  #engine;
  #selection;
  #card;
  #rows = new Map();
  #groups = { contacts: group('Contacts'), everyone: group('Everyone') };
  #search = find('people-search');

  constructor(engine, selection, card) {
    this.#engine = engine;
    this.#selection = selection;
    this.#card = card;
    engine.addEventListener('people', () => this.#show());
    selection.addEventListener('change', () => this.#tick());
    this.#search.addEventListener('input', () => this.#show());
    this.#search.addEventListener('keydown', (event) => this.#searchKey(event));
    addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.target.closest?.('input, select, dialog')) return;
      event.preventDefault();
      this.#search.focus();
    });
  }

  #searchKey(event) {
    const first = find('people-list').querySelector('input');
    if (event.key === 'Enter' && first) {
      event.preventDefault();
      first.click();
      this.#search.value = '';
      this.#show();
    } else if (event.key === 'ArrowDown' && first) {
      event.preventDefault();
      first.focus();
    } else if (event.key === 'Escape' && this.#search.value !== '') {
      event.stopPropagation();
      this.#search.value = '';
      this.#show();
    }
  }

  #show() {
    const wanted = this.#search.value.trim().toLocaleLowerCase();
    const people = [...this.#engine.people.values()];
    const found = people.filter((person) => matches(person, wanted));
    const contacts = found.filter((person) => person.contact).map((person) => this.#row(person));
    const others = found.filter((person) => !person.contact).map((person) => this.#row(person));
    for (const guid of this.#rows.keys()) if (!this.#engine.people.has(guid)) this.#rows.delete(guid);
    const { contacts: first, everyone: second } = this.#groups;
    setText(second.head, contacts.length > 0 ? 'Everyone else' : 'Everyone');
    arrange(first.list, contacts);
    arrange(second.list, others);
    const shown = [contacts.length > 0 && first.head, contacts.length > 0 && first.list, others.length > 0 && second.head, others.length > 0 && second.list];
    arrange(find('people-list'), found.length > 0 ? shown.filter(Boolean) : [nobody(people.length > 0)]);
    const there = people.filter((person) => person.status !== 'offline').length;
    setText(find('people-online'), people.length > 0 ? `${there} of ${people.length} on-line` : '');
  }

  #row(person) {
    const look = JSON.stringify(person);
    const old = this.#rows.get(person.guid);
    if (old?.look === look) return old.node;
    const node = old?.node ?? make('li', { class: 'person' });
    const focused = node.contains(document.activeElement) ? document.activeElement.tagName : null;
    node.replaceChildren(...this.#parts(person));
    if (focused) node.querySelector(focused)?.focus();
    this.#rows.set(person.guid, { look, node });
    return node;
  }

  #parts(person) {
    const avatar = face(person);
    avatar.append(make('span', { class: 'person-tick' }, icon('check')));
    const input = make('input', {
      type: 'checkbox',
      checked: this.#selection.has(person.guid),
      disabled: person.trust === 'none' && person.sealed,
      dataset: { guid: person.guid },
      onchange: (event) => this.#selection.choose(person.guid, event.target.checked),
      onkeydown: (event) => this.#walk(event),
    });
    return [
      make('label', {}, input, avatar, make('span', { class: 'person-words' },
        make('span', { class: 'person-name' }, person.display), note(person))),
      make('button', {
        class: `icon-button ${person.trust === 'changed' ? 'alert' : ''}`, type: 'button',
        'aria-label': `About ${person.display}`, 'aria-haspopup': 'dialog',
        onclick: () => this.#card.show(person.guid),
      }, icon('more')),
    ];
  }

  /** Arrow keys walk from person to person. */
  #walk(event) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const all = [...find('people-list').querySelectorAll('input')];
    const next = all[all.indexOf(event.target) + (event.key === 'ArrowDown' ? 1 : -1)];
    (next ?? this.#search).focus();
  }

  #tick() {
    for (const input of find('people-list').querySelectorAll('input')) input.checked = this.#selection.has(input.dataset.guid);
  }
}

function matches(person, wanted) {
  return wanted === '' || person.display.toLocaleLowerCase().includes(wanted) || person.name.includes(wanted);
}

function group(title) {
  const id = `group-${title.toLowerCase()}`;
  return { head: make('h3', { class: 'people-group', id }, title), list: make('ul', { 'aria-labelledby': id }) };
}

function note(person) {
  if (person.trust === 'changed') return make('span', { class: 'person-note alert' }, icon('warning'), 'Key has changed');
  if (!person.sealed) return make('span', { class: 'person-note' }, icon('phone'), `Not sealed · ${presence(person.status)}`);
  if (person.trust === 'none') return make('span', { class: 'person-note' }, 'Has not joined yet');
  return make('span', { class: 'person-note' }, presence(person.status));
}

function nobody(searched) {
  return make('div', { class: 'empty' }, icon(searched ? 'search' : 'people'),
    make('h3', {}, searched ? 'Nobody by that name' : 'Nobody here yet'),
    make('p', {}, searched ? 'Try another part of the name.' : 'As soon as your colleagues have joined, you see them here.'));
}
