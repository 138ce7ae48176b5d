// Live messages play by themselves if the person wants it, and only while the browser lets this
// page sound: what nobody can hear must not count as heard.
import { habit } from './store.js';

export class Autoplay {
  #engine;
  #speaker;

  constructor(engine, speaker) {
    this.#engine = engine;
    this.#speaker = speaker;
    speaker.addEventListener('allowed', () => this.#tell());
    document.addEventListener('ivm-habit', ({ detail }) => detail === 'autoplay' && this.#tell());
    engine.addEventListener('notice', ({ detail }) => detail.is === 'ready' && this.#tell());
  }

  #tell() {
    this.#engine.command('autoplay', { on: habit('autoplay') && this.#speaker.allowed });
  }
}
