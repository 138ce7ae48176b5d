// Speech between browsers and telephones in an office's network, every way there is. The office's
// tests start this on a computer of that network, with telephones in service on their desks; it is
// no test by itself, and its name keeps it out of what `node --test` finds.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { setUp } from '../lib/administrator.js';
import { launch, openPage } from '../lib/chromium.js';
import { Desk } from '../lib/desk.js';
import { deaf, whatWasHeard } from '../lib/ear.js';
import { look } from '../lib/look.js';
import { choose, join, messages, speak, untilSilent } from '../lib/person.js';
import { likeness, readWav, speechFile } from '../lib/speech.js';

const ALIKE = 0.8;
/** Live speech is said again where the browser was short of processor time, and lost some of it. */
const LIVE_ATTEMPTS = 3;
/** A telephone is told first what can be done, which `#` skips. */
const SKIP_MS = 500;

const given = (name, what) => process.env[name] || assert.fail(`${name} is missing: ${what}`);
const https = given('IVM_OFFICE_HTTPS', 'where the pages are');
const codes = JSON.parse(given('IVM_OFFICE_INVITATIONS', 'the codes of anna and ben'));
const code = given('IVM_OFFICE_CODE', 'the one-time code of the first run');
const homes = JSON.parse(given('IVM_OFFICE_DESKS', 'the folders of telephones: loud, own, other'));
const said = readWav(given('IVM_OFFICE_SAID', 'what telephones say'));
/** So long they are silent first, then they speak. */
const said_ms = Number(given('IVM_OFFICE_SAID_MS', 'when they have said it, milliseconds after a call has begun'));

/** When this begins, after the telephones were plugged in. */
const began_ms = Number(given('IVM_OFFICE_BEGAN_MS', 'milliseconds since the telephones got power'));

const speechWav = speechFile('vm-intro');
const speech = readWav(speechWav);
const speech_ms = speech.samples.length / speech.rate * 1000;
const [loud, own, other] = ['loud', 'own', 'other'].map((name) => new Desk(homes[name]));
let browser;
let anna;
let ben;
let administrator;

before(async () => { browser = await launch({ microphone: speechWav }); });
after(async () => { await browser?.close(); });

function alike(way, spoken, heard) {
  const { likeness: found } = likeness(spoken, heard);
  console.log(`likeness, ${way}: ${found.toFixed(3)}`);
  assert.ok(found > ALIKE, `${way}: ${found.toFixed(3)}`);
}

/** This recipient and no other. */
async function only(page, name, mode) {
  const others = page.locator('.person input:checked');
  while (await others.count()) await others.first().uncheck({ force: true });
  await choose(page, name, mode);
}

async function send(page) {
  await page.waitForSelector('#composer[data-state=review]');
  await page.click('#send');
}

/** Plays the newest message, which is one of telephone `number`'s. */
async function play(page) {
  await deaf(page);
  await messages(page).first().locator('.play').click();
  await page.waitForFunction(() => document.querySelector('[data-playing=true]'));
  await untilSilent(page);
  return whatWasHeard(page);
}

/** A telephone speaks to a number. */
async function speakFrom(desk, number) {
  await desk.dial(number);
  await setTimeout(SKIP_MS);
  desk.press('#');
  await setTimeout(said_ms);
  await desk.hangUp();
}

/** A telephone hears its one message. */
async function hear(desk) {
  await desk.dial('100');
  await desk.until('its lamp is dark', () => !desk.isLit);
  await desk.hangUp();
}

describe('an office with telephones', { concurrency: false }, () => {
  it('has two people with browsers', async () => {
    [anna, ben] = [await join(browser, `${https}/join#${codes.anna}`), await join(browser, `${https}/join#${codes.ben}`)];
    await anna.locator('.person', { hasText: 'Reception' }).getByText('On-line').waitFor();
  });

  // rows 65, 69, 70
  it('a live message from a browser comes out of a telephone', async () => {
    await only(anna, 'Reception', 'live');
    for (let attempt = 1; attempt <= LIVE_ATTEMPTS; attempt += 1) {
      await loud.call(() => speak(anna, speech_ms));
      console.log(`heard ${((began_ms + performance.now()) / 1000).toFixed(1)} s after power-on`);
      if (likeness(speech, readWav(loud.heard)).likeness > ALIKE) break;
    }
    alike('browser to telephone, live', speech, readWav(loud.heard));
  });

  // row 43
  it('a recorded one lights its lamp, and is heard by dialling', async () => {
    await only(anna, 'Workshop', 'record');
    await speak(anna, speech_ms);
    await send(anna);
    await other.until('its lamp is lit', () => other.isLit);
    await hear(other);
    alike('browser to telephone, recorded', speech, readWav(other.heard));
    await anna.locator('.message .ticks', { hasText: 'Heard' }).first().waitFor();
  });

  // rows 3, 35, 40, 42, 43
  it('what a telephone says is heard in a browser', async () => {
    await speakFrom(other, '101');
    await messages(anna).first().getByText('Workshop').waitFor();
    alike('telephone to browser', said, await play(anna));
  });

  // rows 3, 40, 42, 43
  it('a telephone speaks to a telephone', async () => {
    await speakFrom(other, '201');
    await loud.until('its lamp is lit', () => loud.isLit);
    await hear(loud);
    alike('telephone to telephone', said, readWav(loud.heard));
  });

  // rows 44, 45, 46, 47, 48, 49
  it('a telephone is the microphone of a browser', async () => {
    await only(anna, 'Ben', 'record');
    await anna.selectOption('#source', { label: 'Annas desk' });
    await look(anna, 'telephone-chosen-1440-light');
    await anna.setViewportSize({ width: 390, height: 844 });
    await look(anna, 'telephone-chosen-390-light');
    await anna.setViewportSize({ width: 1440, height: 900 });
    const rings = own.count('CALL_INCOMING');
    await anna.click('#talk-button');
    await own.until('it rings', () => own.count('CALL_INCOMING') > rings);
    await look(anna, 'telephone-ringing-1440-light');
    await own.lift();
    await anna.waitForSelector('#composer[data-state=talking] #talk-time:visible');
    await setTimeout(said_ms);
    await look(anna, 'telephone-talking-1440-light');
    await own.hangUp();
    await messages(ben).first().waitFor();
    alike('telephone as microphone, to a browser', said, await play(ben));
    assert.equal(await messages(ben).count(), 1);
    assert.deepEqual([...anna.complaints, ...ben.complaints], []);
  });

  // rows 112, 114
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    it(`the administrator sees telephones, numbers and addresses, ${width} wide`, async () => {
      administrator ??= await openPage(browser);
      if (width === 1440) await setUp(administrator, { https, code });
      await administrator.setViewportSize({ width, height });
      await administrator.goto(`${https}/admin/phones`);
      for (const name of ['Reception', 'Annas desk', 'Workshop']) await administrator.getByText(name).first().waitFor();
      await administrator.getByText('101', { exact: true }).first().waitFor();
      await look(administrator, `office-telephones-${width}-light`);
      await administrator.goto(`${https}/admin/settings/addresses`);
      await administrator.getByText('192.168.50.100').first().waitFor();
      await look(administrator, `office-addresses-${width}-light`);
      assert.deepEqual(administrator.complaints, []);
    });
  }
});
