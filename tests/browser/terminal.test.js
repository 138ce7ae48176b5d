// From a browser to a terminal and back: one engine, two mouths, the same real server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Appliance, build, EXECUTABLES } from './lib/appliance.js';
import { launch } from './lib/chromium.js';
import { deaf, whatWasHeard } from './lib/ear.js';
import { choose, join, messages, PASSWORD, speak, untilSilent } from './lib/person.js';
import { likeness, readWav, speechFile } from './lib/speech.js';

const run = promisify(execFile);
const ALIKE = 0.9;

const appliance = new Appliance();
const speechWav = speechFile('vm-intro', 'privacy-prompt');
const speech = readWav(speechWav);
const speech_ms = speech.samples.length / speech.rate * 1000;
const folder = mkdtempSync(path(tmpdir(), 'ivm-terminal-'));
let browser;
let anna;

/** What `ivm` prints for the person at the terminal, as JSON. */
async function ivm(...words) {
  const { stdout } = await run(path(EXECUTABLES, 'ivm'), ['--home', path(folder, 'home'), '--json', ...words]);
  return stdout.trim() ? JSON.parse(stdout) : null;
}

before(async () => {
  await build();
  await appliance.start();
  browser = await launch({ microphone: speechWav });
  const invitation = {};
  for (const name of ['anna', 'ben']) invitation[name] = await appliance.control('user', 'add', name);
  anna = await join(browser, invitation.anna.link);
  const password = path(folder, 'password');
  writeFileSync(password, PASSWORD);
  await ivm('join', invitation.ben.code, '--server', appliance.ready.objects, '--password-file', password, '--trust-first');
});
after(async () => {
  await browser?.close();
  await appliance.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('a browser and a terminal', { concurrency: false }, () => {
  // rows 1, 8, 15, 81
  it('what is spoken in the browser is heard in the terminal', async () => {
    await choose(anna, 'ben', 'record');
    await speak(anna, speech_ms);
    await anna.waitForSelector('#composer[data-state=review]');
    await anna.click('#send');
    await anna.locator('.message .ticks', { hasText: 'Sent' }).waitFor();
    const [message] = await ivm('inbox');
    const heard = path(folder, 'heard.wav');
    await ivm('play', message.id, '--to', heard);
    const alike = likeness(speech, readWav(heard)).likeness;
    assert.ok(alike > ALIKE, `the terminal plays what was said: ${alike.toFixed(3)}`);
    await anna.locator('.message .ticks', { hasText: 'Heard' }).waitFor();
  });

  // rows 1, 8, 16, 27
  it('and what the terminal answers is heard in the browser', async () => {
    await ivm('send', 'anna', '--file', speechWav, '--record', '--wait', 'delivered');
    await anna.waitForFunction(() => document.title === '(1) IVM');
    await deaf(anna);
    await messages(anna).first().locator('.play').click();
    await messages(anna).first().and(anna.locator('[data-playing=true]')).waitFor();
    await untilSilent(anna);
    const alike = likeness(speech, await whatWasHeard(anna)).likeness;
    assert.ok(alike > ALIKE, `the browser plays what was said: ${alike.toFixed(3)}`);
    const [sent] = await ivm('sent');
    assert.ok(sent.recipients[0].played, 'the terminal learns that it was heard');
  });
});
