// The list of messages: those not heard yet first, then the rest by time.
import { arrange, find, icon, make, setText } from '../page/dom.js';
import { MessageCard } from './message-card.js';

const PAGE = 60;

export class Messages {
  #on;
  #player;
  #engine;
  #cards = new Map();
  #filter = 'all';
  #most = PAGE;
  #freshHead;
  #restHead = make('h3', { class: 'group-head' }, 'Earlier');
  #older = make('button', { class: 'button wide', type: 'button', onclick: () => { this.#most += PAGE; this.#show(); } }, 'Show older messages');
  #watch = new ResizeObserver((entries) => entries.forEach(({ target }) => this.#cardOf.get(target)?.draw()));
  #cardOf = new WeakMap();

  constructor(engine, player, composer, settings, tabs) {
    this.#engine = engine;
    this.#player = player;
    this.#on = { engine, player, reply: (message, all) => composer.reply(message, all) };
    const all = make('button', { class: 'button', type: 'button', onclick: () => player.playAll(this.#fresh().map((message) => message.id).reverse()) }, icon('play'), 'Play all');
    this.#freshHead = make('div', { class: 'group-head' }, make('h3', {}, 'New'), all);
    engine.addEventListener('messages', () => this.#show());
    engine.addEventListener('people', () => this.#namesChanged());
    engine.addEventListener('session', () => this.#show());
    engine.addEventListener('draft', () => this.#draftChanged());
    player.addEventListener('change', () => this.#follow());
    document.addEventListener('ivm-theme', () => this.#cards.forEach((card) => card.draw()));
    for (const button of find('messages').querySelectorAll('[data-filter]')) button.addEventListener('click', () => this.#choose(button));
    this.#empty = empty(() => { tabs.show('people'); find('people-search').focus(); });
    this.#show();
  }

  #empty;

  #choose(button) {
    this.#filter = button.dataset.filter;
    for (const one of find('messages').querySelectorAll('[data-filter]')) one.setAttribute('aria-pressed', String(one === button));
    this.#show();
  }

  #matching() {
    return this.#engine.order.map((id) => this.#engine.messages.get(id))
      .filter((message) => message && message.id !== this.#engine.draft?.id && (this.#filter === 'all' || message.direction === this.#filter));
  }

  /** Not heard yet, or being heard: a message does not run away from under the finger. */
  #isFresh(message) {
    if (message.direction !== 'received') return false;
    return message.state === 'unplayed' || message.state === 'arriving' || this.#player.current === message.id;
  }

  #fresh() {
    return this.#matching().filter((message) => this.#isFresh(message));
  }

  #show() {
    const messages = this.#matching();
    const fresh = messages.filter((message) => this.#isFresh(message));
    const rest = messages.filter((message) => !this.#isFresh(message));
    const shown = rest.slice(0, this.#most);
    for (const id of this.#cards.keys()) if (!this.#engine.messages.has(id)) this.#cards.delete(id);
    const nodes = [
      ...(fresh.length > 0 ? [this.#freshHead, ...fresh.map((message) => this.#card(message))] : []),
      ...(fresh.length > 0 && shown.length > 0 ? [this.#restHead] : []),
      ...shown.map((message) => this.#card(message)),
      ...(rest.length > shown.length ? [this.#older] : []),
    ];
    arrange(find('message-list'), nodes.length > 0 ? nodes : [this.#empty[this.#filter]]);
    this.#freshHead.lastElementChild.hidden = fresh.length < 2;
    setText(this.#freshHead.firstElementChild, fresh.length === 1 ? '1 new message' : `${fresh.length} new messages`);
  }

  #card(message) {
    let card = this.#cards.get(message.id);
    if (!card) {
      card = new MessageCard(this.#on);
      this.#cards.set(message.id, card);
      this.#cardOf.set(card.wave, card);
      this.#watch.observe(card.wave);
    }
    card.update(message);
    return card.node;
  }

  /** What is being said live stands in the composer until it is said. */
  #draftChanged() {
    const id = this.#engine.draft?.id ?? null;
    if (id === this.#draft) return;
    this.#draft = id;
    this.#show();
  }

  #draft = null;
  #names = '';
  #playing = null;

  #follow() {
    for (const id of [this.#playing, this.#player.current]) this.#cards.get(id)?.follow();
    if (this.#playing !== this.#player.current) {
      this.#playing = this.#player.current;
      this.#show();
    }
  }

  /** Cards bear names of people, but not their presence, which changes all the time. */
  #namesChanged() {
    const names = JSON.stringify([...this.#engine.people.values()].map(({ guid, display, sealed }) => [guid, display, sealed]));
    if (names === this.#names) return;
    this.#names = names;
    for (const [id, message] of this.#engine.messages) this.#engine.messages.set(id, { ...message });
    this.#show();
  }
}

function empty(choosePeople) {
  const part = (title, words, ...more) => make('div', { class: 'empty' }, icon('inbox'), make('h3', {}, title), make('p', {}, words), ...more);
  return {
    all: part('No messages yet', 'Choose one or more people, hold the round button and speak. They hear you at once, or as soon as they are back.',
      make('button', { class: 'button', type: 'button', onclick: choosePeople }, icon('people'), 'Choose people')),
    received: part('Nothing received yet', 'Messages for you appear here, also those that came while you were away.'),
    sent: part('Nothing sent yet', 'What you say to others is kept here, with who has heard it.'),
  };
}
