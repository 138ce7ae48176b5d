// A telephone on a desk: a program that takes commands from one file and tells what happens in another.
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

export class Desk {
  #home;

  /** `home` is the folder of its program. */
  constructor(home) {
    this.#home = home;
  }

  get events() {
    return readFileSync(join(this.#home, 'events'), 'utf8');
  }

  /** So often something has happened to it. */
  count(event) {
    return this.events.split(`"${event}"`).length - 1;
  }

  /** Waits until `wanted` is true of it. */
  async until(what, wanted) {
    const end = Date.now() + PATIENCE_MS;
    while (!wanted()) {
      assert.ok(Date.now() < end, `${what}: not in time\n${readFileSync(join(this.#home, 'log'), 'utf8')}`);
      await setTimeout(LOOK_MS);
    }
  }

  /** What it is told, and what then has to happen once more. */
  async #does(command, words, event) {
    const before = this.count(event);
    const json = JSON.stringify({ command, params: words });
    appendFileSync(join(this.#home, 'commands'), `${Buffer.byteLength(json)}:${json},`);
    await this.until(event, () => this.count(event) > before);
  }

  dial(number) {
    return this.#does('dial', `sip:${number}@192.168.50.1`, 'CALL_ESTABLISHED');
  }

  lift() {
    return this.#does('accept', '', 'CALL_ESTABLISHED');
  }

  hangUp() {
    return this.#does('hangup', '', 'CALL_CLOSED');
  }

  press(key) {
    const json = JSON.stringify({ command: 'sndcode', params: key });
    appendFileSync(join(this.#home, 'commands'), `${json.length}:${json},`);
  }

  /** Does `during`, and waits until a call has ended since. */
  async call(during) {
    const before = this.count('CALL_CLOSED');
    await during();
    await this.until('the end of the call', () => this.count('CALL_CLOSED') > before);
  }

  /** Its lamp, as it was told last. */
  get isLit() {
    return this.events.split('Messages-Waiting: ').at(-1).startsWith('yes');
  }

  /** The file with what it has heard in its last call. */
  get heard() {
    const files = readdirSync(this.#home).filter((name) => name.startsWith('dump-') && name.endsWith('-dec.wav'));
    return join(this.#home, files.sort().at(-1));
  }
}
