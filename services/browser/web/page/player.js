// What is being played: one message at a time, at one speed for all.
import { habit, setHabit } from './store.js';

const SPEEDS = [1, 1.25, 1.5, 2];

export class Player extends EventTarget {
  #engine;
  #speaker;
  #at = new Map();
  #queue = [];
  #current = null;
  #position = 0;

  constructor(engine, speaker) {
    super();
    this.#engine = engine;
    this.#speaker = speaker;
    engine.addEventListener('playing', () => this.#follow());
  }

  /** The message or draft that plays now, or null. */
  get current() {
    return this.#current;
  }

  /** Where a message stands, in milliseconds; 0 for the start. */
  at(message) {
    return this.#at.get(message) ?? 0;
  }

  /** Where that which plays now is, in milliseconds. */
  get position() {
    return this.#position;
  }

  get speed() {
    return habit('speed');
  }

  /** Plays, or goes on where it was stopped. */
  play(message, from = this.at(message)) {
    this.#queue = [];
    this.#begin(message, from);
  }

  /** Plays one after another. */
  playAll(messages) {
    this.#queue = [...messages];
    this.#next();
  }

  stop() {
    this.#queue = [];
    this.#engine.command('stop_playing');
  }

  toggle(message) {
    if (this.#current === message) this.stop();
    else this.play(message);
  }

  /** Goes to a place: plays on from there, or remembers it. */
  seek(message, milliseconds) {
    this.#at.set(message, milliseconds);
    if (this.#current === message) this.#begin(message, milliseconds);
    else this.#changed();
  }

  nextSpeed() {
    const speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length];
    setHabit('speed', speed);
    this.#speaker.setSpeed(speed);
    this.#changed();
  }

  #begin(message, from) {
    const length = this.#engine.messages.get(message)?.duration_ms ?? Infinity;
    this.#engine.command('play', { message, from_ms: Math.round(from >= length - 200 ? 0 : from) });
  }

  #next() {
    const message = this.#queue.shift();
    if (message) this.#begin(message, 0);
  }

  #follow() {
    const playing = this.#engine.playing;
    const before = this.#current;
    this.#current = playing?.message ?? null;
    this.#position = playing?.at ?? 0;
    if (playing && playing.message !== this.#engine.draft?.id) this.#at.set(playing.message, playing.at);
    if (before && before !== this.#current) {
      // What was heard to its end begins at the start the next time.
      const length = this.#engine.messages.get(before)?.duration_ms ?? 0;
      if (this.at(before) >= length - 400) this.#at.delete(before);
      if (!this.#current) this.#next();
    }
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
