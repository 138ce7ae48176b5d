// One message in the list. It is drawn anew when its view changes; its sound bar follows the player.
import { arrange, icon, make, setIcon, setText } from '../page/dom.js';
import { drawWave } from '../page/waveform.js';
import { clock, names, spoken, when, whenInFull } from '../page/words.js';
import { attachment } from './attachment.js';
import { face } from './face.js';
import { details } from './message-details.js';
import { ticks } from './ticks.js';

const PLAYABLE = ['arriving', 'unplayed', 'played', 'cut', 'sending', 'sent', 'failed'];

export class MessageCard {
  #on;
  #message;
  #opened = false;
  #wave = make('canvas', { class: 'wave', 'aria-hidden': 'true' });
  #playIcon = icon('play');
  #play = make('button', { class: 'play', type: 'button', onclick: () => this.#on.player.toggle(this.#message.id) }, this.#playIcon);
  #seek = make('input', { type: 'range', min: '0', step: '100', 'aria-label': 'Position', oninput: (event) => this.#on.player.seek(this.#message.id, Number(event.target.value)) });
  #length = make('span', { class: 'message-length' });
  #speed = make('button', { class: 'speed', type: 'button', onclick: () => this.#on.player.nextSpeed() });
  #sound = make('div', { class: 'message-sound' }, this.#play, make('span', { class: 'wave-seek' }, this.#wave, this.#seek), this.#length, this.#speed);
  #more = make('button', { class: 'icon-button', type: 'button', 'aria-expanded': 'false', onclick: () => this.open(!this.#opened) }, icon('more'));
  #reply = make('button', { class: 'icon-button', type: 'button', onclick: () => this.#on.reply(this.#message, false) }, icon('reply'));
  #top = make('div', { class: 'message-top' });
  #foot = make('div', { class: 'message-foot' });

  /** The element. */
  node = make('article', { class: 'message' });

  /** `on`: engine, player, reply(message, all), remove(message). */
  constructor(on) {
    this.#on = on;
  }

  get wave() {
    return this.#wave;
  }

  /** Shows a view of the message; nothing is touched if it is the one that is shown. */
  update(message) {
    if (message === this.#message) return;
    this.#message = message;
    const received = message.direction === 'received';
    this.node.dataset.fresh = String(received && message.state === 'unplayed');
    this.node.dataset.live = String(received && message.state === 'arriving' && message.mode === 'live');
    this.node.setAttribute('aria-label', this.#inWords());
    const who = this.#on.engine.person(received ? message.sender : message.recipients[0] ?? message.sender);
    arrange(this.#top, [face(received ? { ...who, display: message.sender_display } : who, '', false), this.#who(), this.#buttons(), this.#sound]);
    this.#sound.hidden = message.duration_ms === 0 && !['arriving', 'sending'].includes(message.state);
    this.#foot.replaceChildren(...this.#footParts());
    this.open(this.#opened);
    this.follow();
  }

  /** Follows the player: button, position, speed. */
  follow() {
    const { player } = this.#on;
    const message = this.#message;
    const plays = player.current === message.id;
    const at = player.at(message.id);
    this.node.dataset.playing = String(plays);
    setIcon(this.#playIcon, plays ? 'pause' : 'play');
    this.#play.setAttribute('aria-label', plays ? 'Stop' : `Play ${this.#inWords()}`);
    this.#play.disabled = !PLAYABLE.includes(message.state);
    this.#seek.max = String(Math.max(100, message.duration_ms));
    if (document.activeElement !== this.#seek || plays) this.#seek.value = String(at);
    this.#seek.setAttribute('aria-valuetext', `${spoken(at)} of ${spoken(message.duration_ms)}`);
    setText(this.#length, plays || at > 0 ? clock(at) : clock(message.duration_ms));
    this.#speed.hidden = !plays;
    setText(this.#speed, `${player.speed}×`);
    this.#speed.setAttribute('aria-label', `Speed ${player.speed}, change`);
    this.draw();
  }

  draw() {
    const message = this.#message;
    drawWave(this.#wave, message.waveform, message.duration_ms > 0 ? this.#on.player.at(message.id) / message.duration_ms : 0);
  }

  /** Shows or hides what else there is to know and to do. */
  open(opened) {
    this.#opened = opened;
    this.#more.setAttribute('aria-expanded', String(opened));
    this.#more.setAttribute('aria-label', opened ? 'Less' : 'More');
    // Whoever was on a button of the old details stays on it.
    const focused = [...this.node.querySelectorAll('.message-more button')].indexOf(document.activeElement);
    arrange(this.node, [this.#top, this.#foot, ...(opened ? [details(this.#message, this.#on)] : [])]);
    if (focused >= 0) this.node.querySelectorAll('.message-more button')[focused]?.focus();
  }

  #who() {
    const message = this.#message;
    return make('div', { class: 'message-who' },
      make('span', { class: 'message-name' }, message.direction === 'received' ? message.sender_display : `To ${this.#to()}`),
      make('time', { class: 'message-when', datetime: new Date(message.created).toISOString(), title: whenInFull(message.created) }, when(message.created)),
      ...this.#tags());
  }

  #buttons() {
    this.#reply.setAttribute('aria-label', 'Reply');
    return make('div', { class: 'message-buttons' }, this.#reply, this.#more);
  }

  #to() {
    return names(this.#message.recipients.map((guid) => this.#on.engine.person(guid).display));
  }

  #tags() {
    const message = this.#message;
    const tags = [];
    if (this.node.dataset.live === 'true') tags.push(tag('live', 'live', 'Speaking now'));
    if (message.priority === 'high') tags.push(tag('high', 'flag', 'High priority'));
    if (message.state === 'cut') tags.push(tag('', 'warning', 'Cut off'));
    if (message.state === 'unreadable') tags.push(tag('bad', 'warning', 'Cannot be opened'));
    return tags;
  }

  #footParts() {
    const message = this.#message;
    const files = message.attachments.map((file, place) => attachment(this.#on.engine, message, file, place));
    return message.direction === 'sent' ? [ticks(message), ...files] : files;
  }

  #inWords() {
    const message = this.#message;
    const from = message.direction === 'received' ? `message from ${message.sender_display}` : `message to ${this.#to()}`;
    const fresh = this.node.dataset.fresh === 'true' ? 'new ' : '';
    return `${fresh}${from}, ${spoken(message.duration_ms)}, ${when(message.created)}`;
  }
}

function tag(className, sign, words) {
  return make('span', { class: `tag ${className}` }, icon(sign), words);
}
