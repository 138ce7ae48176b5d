// Two people in an office, from the first run on: the real server, two browsers, real speech.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Appliance, build } from './lib/appliance.js';
import { launch, openPage } from './lib/chromium.js';
import { deaf, whatWasHeard } from './lib/ear.js';
import { again, choose, join, messages, PASSWORD, shot, speak, untilSilent } from './lib/person.js';
import { likeness, readWav, speechFile } from './lib/speech.js';

const SHOTS = fileURLToPath(new URL('shots/', import.meta.url));
const ALIKE = 0.9;

const appliance = new Appliance();
const speechWav = speechFile('vm-intro', 'privacy-prompt');
const speech = readWav(speechWav);
const speech_ms = speech.samples.length / speech.rate * 1000;
let browser;
let anna;
let ben;
const invitations = {};

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  await build();
  await appliance.start();
  browser = await launch({ microphone: speechWav });
});
after(async () => {
  await browser?.close();
  await appliance.remove();
});

/** Was what the page played since it was last made deaf that which was said? */
async function sounds(page) {
  const { likeness: alike } = likeness(speech, await whatWasHeard(page));
  assert.ok(alike > ALIKE, `what was heard is like what was said: ${alike.toFixed(3)}`);
}

describe('an office', { concurrency: false }, () => {
  // rows 79, 113, 114
  it('is set up in the browser: the code, a password, two people', async () => {
    const page = await openPage(browser);
    await page.goto(`${appliance.ready.https}/admin/setup?code=${appliance.ready.code}`);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up' }).click();
    for (const [name, display] of [['anna', 'Anna Berg'], ['ben', 'Ben Okafor']]) {
      await page.goto(`${appliance.ready.https}/admin/people`);
      await page.locator('#display').fill(display);
      await page.locator('#name').fill(name);
      await page.getByRole('button', { name: 'Add and invite' }).click();
      invitations[name] = await page.locator('#link').inputValue();
    }
    await page.context().close();
    assert.match(invitations.ben, /\/join#./);
  });

  // rows 11, 79, 83
  it('two people join by their links and see each other', async () => {
    anna = await join(browser, invitations.anna);
    ben = await join(browser, invitations.ben);
    await anna.locator('.person', { hasText: 'Ben Okafor' }).getByText('On-line').waitFor();
    await ben.locator('.person', { hasText: 'Anna Berg' }).getByText('On-line').waitFor();
    await shot(anna, 'joined');
  });

  // rows 1, 9, 12, 13, 15, 16, 21, 22, 28, 64
  it('a recorded message is reviewed, sent, and heard as it was spoken', async () => {
    await choose(anna, 'Ben Okafor', 'record');
    await speak(anna, speech_ms);
    await anna.waitForSelector('#composer[data-state=review]');
    await shot(anna, 'review');
    await anna.click('#review-play');
    await anna.waitForFunction(() => window.heard.pieces.length > 0);
    await anna.click('#send');
    await messages(ben).first().waitFor();
    await ben.waitForFunction(() => document.title === '(1) IVM');
    await messages(ben).first().locator('.play').click();
    await messages(ben).first().and(ben.locator('[data-playing=true]')).waitFor();
    await shot(ben, 'playing');
    await untilSilent(ben);
    await sounds(ben);
    await anna.locator('.message .ticks', { hasText: 'Heard' }).waitFor();
    await ben.waitForFunction(() => document.title === 'IVM');
  });

  // rows 65, 66, 67, 69, 70
  it('a live message is heard while it is being spoken', async () => {
    await deaf(ben);
    await choose(anna, 'Ben Okafor', 'live');
    await speak(anna, speech_ms, async () => {
      await ben.locator('.message[data-live=true][data-playing=true]').waitFor({ timeout: 10_000 });
      await shot(anna, 'live-speaking');
      await shot(ben, 'live-hearing');
    });
    await untilSilent(ben);
    await sounds(ben);
    assert.equal(await messages(ben).count(), 2);
  });

  // rows 25, 29, 30, 31, 32
  it('an attached file arrives byte for byte', async () => {
    const content = randomBytes(700_001);
    await anna.setInputFiles('#attach-input', { name: 'plan für Ebene 2.bin', mimeType: 'application/octet-stream', buffer: content });
    await anna.locator('#draft-files').getByText('plan für Ebene 2.bin').waitFor();
    await choose(anna, 'Ben Okafor', 'record').catch(() => {});
    await anna.click('#send');
    const file = messages(ben).first().getByRole('button', { name: /plan für Ebene 2/ });
    await file.and(ben.locator(':enabled')).waitFor();
    const [download] = await Promise.all([ben.waitForEvent('download'), file.click()]);
    assert.equal(download.suggestedFilename(), 'plan für Ebene 2.bin');
    const saved = readFileSync(await download.path());
    assert.equal(createHash('sha256').update(saved).digest('hex'), createHash('sha256').update(content).digest('hex'));
  });

  // rows 51, 81, 82
  it('who is away gets it on coming back', async () => {
    await ben.close();
    await anna.locator('.person', { hasText: 'Ben Okafor' }).getByText('Off-line').waitFor({ timeout: 30_000 });
    await choose(anna, 'Ben Okafor', 'record');
    await speak(anna, speech_ms);
    await anna.waitForSelector('#composer[data-state=review]');
    await anna.click('#send');
    await anna.locator('.message .ticks', { hasText: 'Sent' }).first().waitFor();
    ben = await again(ben, appliance.ready.https);
    await messages(ben).nth(3).waitFor();
    await messages(ben).first().locator('.play').click();
    await ben.waitForFunction(() => document.querySelector('[data-playing=true]'));
    await untilSilent(ben);
    await sounds(ben);
  });

  it('when the server restarts everything goes on by itself', async () => {
    await appliance.stop();
    await anna.waitForSelector('#banner:visible');
    await shot(anna, 'offline');
    await choose(anna, 'Ben Okafor', 'record');
    await speak(anna, speech_ms);
    await anna.waitForSelector('#composer[data-state=review]');
    await anna.click('#send');
    await anna.locator('.message .ticks', { hasText: 'Sending' }).waitFor();
    await appliance.start();
    await anna.waitForSelector('#banner', { state: 'hidden', timeout: 60_000 });
    await messages(ben).nth(4).waitFor({ timeout: 60_000 });
    await anna.locator('.message .ticks', { hasText: 'Received' }).first().waitFor({ timeout: 60_000 });
  });

  it('the pages open without a server', async () => {
    const kept = await ben.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    assert.ok(kept);
    await appliance.stop();
    await ben.close();
    ben = await again(ben, appliance.ready.https);
    await messages(ben).nth(4).waitFor();
    await ben.waitForSelector('#banner:visible');
    await appliance.start();
  });

  it('the pages complained about nothing', () => {
    const own = [...anna.complaints, ...ben.complaints].filter((text) => !/WebSocket|ERR_CONNECTION|Failed to load resource/.test(text));
    assert.deepEqual(own, []);
  });
});
