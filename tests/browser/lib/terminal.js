// A person at the terminal client, and what one at a browser and one at a terminal say to each other.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { promisify } from 'node:util';
import { EXECUTABLES } from './appliance.js';
import { deaf, whatWasHeard } from './ear.js';
import { choose, messages, PASSWORD, speak, untilSilent } from './person.js';
import { likeness, readWav } from './speech.js';

const run = promisify(execFile);
const ALIKE = 0.9;
const PATIENCE_MS = 180_000;

export class Terminal {
  #folder = mkdtempSync(path(tmpdir(), 'ivm-terminal-'));

  /** What `ivm` prints for the person, as JSON. */
  async ivm(...words) {
    const { stdout } = await run(path(EXECUTABLES, 'ivm'), ['--home', this.file('home'), '--json', ...words], { timeout: PATIENCE_MS });
    return stdout.trim() ? JSON.parse(stdout) : null;
  }

  /** Takes up an invitation; `trust` is how the server is known. */
  async join(code, server, ...trust) {
    writeFileSync(this.file('password'), PASSWORD);
    await this.ivm('join', code, '--server', server, '--password-file', this.file('password'), ...trust);
  }

  /** The path of a file of the person's own. */
  file(name) {
    return path(this.#folder, name);
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Speaks in the browser, plays it in the terminal: what comes out has to be what was said. */
export async function browserToTerminal(page, terminal, { to, speechWav }) {
  const speech = readWav(speechWav);
  await choose(page, to, 'record');
  await speak(page, speech.samples.length / speech.rate * 1000);
  await page.waitForSelector('#composer[data-state=review]');
  await page.click('#send');
  await page.locator('.message .ticks', { hasText: 'Sent' }).waitFor();
  const [message] = await terminal.ivm('inbox');
  const heard = terminal.file('heard.wav');
  await terminal.ivm('play', message.id, '--to', heard);
  const alike = likeness(speech, readWav(heard)).likeness;
  assert.ok(alike > ALIKE, `the terminal plays what was said: ${alike.toFixed(3)}`);
  await page.locator('.message .ticks', { hasText: 'Heard' }).waitFor();
}

/** Sends from the terminal, plays it in the browser, where nothing else waits to be heard. */
export async function terminalToBrowser(terminal, page, { to, speechWav }) {
  await terminal.ivm('send', to, '--file', speechWav, '--record', '--wait', 'delivered');
  await page.waitForFunction(() => document.title === '(1) IVM');
  await deaf(page);
  await messages(page).first().locator('.play').click();
  await messages(page).first().and(page.locator('[data-playing=true]')).waitFor();
  await untilSilent(page);
  const alike = likeness(readWav(speechWav), await whatWasHeard(page)).likeness;
  assert.ok(alike > ALIKE, `the browser plays what was said: ${alike.toFixed(3)}`);
  const [sent] = await terminal.ivm('sent');
  assert.ok(sent.recipients[0].played, 'the terminal learns that it was heard');
}
