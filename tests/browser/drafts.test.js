// Making a message, against the real server: speaking on, again, discarding, cancelling, going over
// to record, stopping by silence, dropping files and dragging them out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Appliance, build } from './lib/appliance.js';
import { launch } from './lib/chromium.js';
import { choose, join, messages, speak, startSpeaking } from './lib/person.js';
import { speechFile } from './lib/speech.js';

const appliance = new Appliance();
let browser;
let anna;
let ben;

before(async () => {
  await build();
  await appliance.start();
  browser = await launch({ microphone: speechFile('vm-options') });
  const people = {};
  for (const [name, display] of [['anna', 'Anna Berg'], ['ben', 'Ben Okafor']]) {
    people[name] = await join(browser, (await appliance.control('user', 'add', name, '--display', display)).link);
  }
  ({ anna, ben } = people);
  await anna.locator('.person', { hasText: 'Ben Okafor' }).getByText('On-line').waitFor();
});
after(async () => {
  await browser?.close();
  await appliance.remove();
});

/** Seconds of the draft that is reviewed. */
async function reviewed(page) {
  await page.waitForSelector('#composer[data-state=review]');
  const [minutes, seconds] = (await page.textContent('#review-time')).split('/').pop().trim().split(':').map(Number);
  return minutes * 60 + seconds;
}

describe('a draft', { concurrency: false }, () => {
  // rows 22, 23, 24
  it('grows by speaking on, is made again, and is thrown away', async () => {
    await choose(anna, 'Ben Okafor', 'record');
    await speak(anna, 1_500);
    const first = await reviewed(anna);
    await anna.click('#review-append');
    await anna.waitForSelector('#composer[data-state=talking] #talk-time:visible');
    await anna.waitForTimeout(2_000);
    await anna.click('#talk-button');
    const second = await reviewed(anna);
    assert.ok(second >= first + 1, `${first} s, then ${second} s`);
    await anna.click('#review-again');
    await anna.waitForSelector('#composer[data-state=talking] #talk-time:visible');
    await anna.waitForTimeout(800);
    await anna.click('#talk-button');
    const third = await reviewed(anna);
    assert.ok(third < second, `${third} s`);
    await anna.click('#review-discard');
    await anna.waitForSelector('#composer[data-state=idle]');
    assert.equal(await messages(anna).count(), 0);
  });

  it('survives a reload of the page', async () => {
    await speak(anna, 1_200);
    const before = await reviewed(anna);
    await anna.reload();
    assert.equal(await reviewed(anna), before);
    assert.equal(await anna.locator('.chip').count(), 1, 'its recipients are there again');
    await anna.click('#review-discard');
    await anna.waitForSelector('#composer[data-state=idle]');
  });

  // row 14
  it('stops by itself after a silence', async () => {
    await choose(anna, 'Ben Okafor', 'record');
    await startSpeaking(anna);
    await anna.waitForSelector('#composer[data-state=review]', { timeout: 60_000 });
    await anna.getByText('Stopped after a silence.').waitFor();
    await anna.click('#review-discard');
    if (await anna.locator('#question[open]').isVisible()) await anna.getByRole('button', { name: 'Discard', exact: true }).last().click();
    await anna.waitForSelector('#composer[data-state=idle]');
  });

  it('cancelled by Escape while it is live, it is given up', async () => {
    await choose(anna, 'Ben Okafor', 'live');
    await startSpeaking(anna);
    await messages(ben).first().waitFor();
    await anna.keyboard.press('Escape');
    await anna.waitForSelector('#composer[data-state=idle]');
    await ben.waitForFunction(() => !document.querySelector('.message[data-live=true]'));
  });

  // row 71
  it('goes over from live to record while speaking', async () => {
    await choose(anna, 'Ben Okafor', 'live');
    await startSpeaking(anna);
    await anna.waitForTimeout(1_000);
    await anna.click('#to-record');
    await anna.waitForSelector('#composer[data-state=talking][data-mode=record]');
    await anna.waitForTimeout(1_000);
    await anna.click('#talk-button');
    assert.ok(await reviewed(anna) >= 1);
    const before = await messages(ben).count();
    await anna.click('#send');
    await ben.waitForFunction((before) => document.querySelectorAll('.message').length > before, before);
  });

  // rows 30, 32
  it('takes dropped files, and gives received ones to be dragged out', async () => {
    const transfer = await anna.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['dropped here'], 'note.txt', { type: 'text/plain' }));
      return transfer;
    });
    await anna.dispatchEvent('#composer', 'dragenter', { dataTransfer: transfer });
    assert.equal(await anna.getAttribute('#composer', 'data-drop'), 'true');
    await anna.dispatchEvent('#composer', 'drop', { dataTransfer: transfer });
    await anna.locator('#draft-files').getByText('note.txt').waitFor();
    await anna.click('#send');
    const file = ben.getByRole('button', { name: /note\.txt/ });
    await file.waitFor();
    await file.and(ben.locator(':enabled')).hover();
    await ben.waitForTimeout(500);
    const dragged = await file.evaluate((element) => {
      const dataTransfer = new DataTransfer();
      element.dispatchEvent(new DragEvent('dragstart', { dataTransfer, bubbles: true, cancelable: true }));
      return dataTransfer.getData('DownloadURL');
    });
    assert.match(dragged, /^text\/plain:note\.txt:blob:/);
    const [download] = await Promise.all([ben.waitForEvent('download'), file.click()]);
    assert.equal(readFileSync(await download.path(), 'utf8'), 'dropped here');
  });

  it('the pages complained about nothing', () => {
    assert.deepEqual([...anna.complaints, ...ben.complaints], []);
  });
});
