// Everything without a mouse, and the gestures of the big button.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch } from './lib/chromium.js';
import { DRAFT, MESSAGES, PEOPLE } from './lib/office.js';
import { commands, office, show, tell, untilAsked, WEB } from './lib/pages.js';
import { serve } from './lib/static-server.js';

const BEN = PEOPLE[0];
const RECORDING = { ...DRAFT, state: 'recording', duration_ms: 900, attachments: [], recipients: [BEN.guid] };

let web;
let browser;
before(async () => {
  web = await serve(WEB);
  browser = await launch();
});
after(async () => {
  await browser.close();
  web.close();
});

async function withPage(run, options) {
  const page = await office(browser, web.origin, options);
  await run(page);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

async function chooseBen(page) {
  await page.keyboard.press('/');
  await page.keyboard.type('ben');
  await page.keyboard.press('Enter');
}

const focus = (page) => page.evaluate(() => document.activeElement.id);

// rows 10, 12, 13, 70
it('a person is found by typing, the space bar talks while it is held', () => withPage(async (page) => {
  await chooseBen(page);
  await page.focus('#talk-button');
  await page.keyboard.down('Space');
  await untilAsked(page, 'talk');
  const [talk] = await commands(page, 'talk');
  assert.deepEqual(talk.recipients, [BEN.guid]);
  assert.equal(talk.wish, 'live', 'the recipient is on-line');
  await show(page, 'draft', { ...RECORDING, state: 'live' });
  await page.waitForTimeout(450);
  await page.keyboard.up('Space');
  await untilAsked(page, 'stop_talking');
}));

// rows 12, 13
it('a short press of the button starts, the next one stops', () => withPage(async (page) => {
  await chooseBen(page);
  await page.click('#talk-button');
  await untilAsked(page, 'talk');
  await show(page, 'draft', RECORDING);
  assert.equal(await page.getAttribute('#talk-button', 'aria-pressed'), 'true');
  assert.equal((await commands(page, 'stop_talking')).length, 0);
  await page.click('#talk-button');
  await untilAsked(page, 'stop_talking');
}));

// rows 12, 13
it('a mouse button that is held talks until it is let go', () => withPage(async (page) => {
  await chooseBen(page);
  await page.hover('#talk-button');
  await page.mouse.down();
  await untilAsked(page, 'talk');
  await show(page, 'draft', RECORDING);
  await page.waitForTimeout(450);
  await page.mouse.up();
  await untilAsked(page, 'stop_talking');
  assert.equal((await commands(page, 'talk')).length, 1);
}));

// rows 13, 24
it('Enter starts and stops, Escape throws away', () => withPage(async (page) => {
  await chooseBen(page);
  await page.focus('#talk-button');
  await page.keyboard.press('Enter');
  await untilAsked(page, 'talk');
  await show(page, 'draft', RECORDING);
  await page.keyboard.press('Escape');
  await untilAsked(page, 'discard');
}));

// row 70
it('for somebody who is off-line the switch stands on record', () => withPage(async (page) => {
  await page.keyboard.press('/');
  await page.keyboard.type('david');
  await page.keyboard.press('Enter');
  assert.ok(await page.isChecked('input[name=mode][value=record]'));
  await page.focus('#talk-button');
  await page.keyboard.press('Enter');
  await untilAsked(page, 'talk');
  assert.equal((await commands(page, 'talk'))[0].wish, 'record');
}));

// row 71
it('the switch goes over to record, before and while speaking', () => withPage(async (page) => {
  await chooseBen(page);
  await page.focus('input[name=mode]:checked');
  await page.keyboard.press('ArrowRight');
  assert.ok(await page.isChecked('input[name=mode][value=record]'));
  await show(page, 'draft', { ...RECORDING, state: 'live' });
  await page.focus('#to-record');
  await page.keyboard.press('Enter');
  await untilAsked(page, 'switch_to_record');
}));

it('nobody chosen: the button says so and leads to the list', () => withPage(async (page) => {
  await page.focus('#talk-button');
  await page.keyboard.press('Enter');
  assert.equal(await focus(page), 'people-search');
  assert.match(await page.textContent('#talk-status'), /Choose/);
  assert.equal((await commands(page, 'talk')).length, 0);
}));

// rows 15, 21, 22, 23, 24
it('the review is listened to, made again, discarded and sent by keys', () => withPage(async (page) => {
  await show(page, 'draft', { ...DRAFT, state: 'finishing' });
  await show(page, 'draft', DRAFT);
  assert.equal(await focus(page), 'send', 'ready to send: the focus is there');
  await page.focus('#review-play');
  await page.keyboard.press('Enter');
  await untilAsked(page, 'review');
  await page.focus('#review-append');
  await page.keyboard.press('Enter');
  await untilAsked(page, 'append');
  await show(page, 'draft', { ...DRAFT, state: 'recording' });
  await show(page, 'draft', DRAFT);
  await page.focus('#review-again');
  await page.keyboard.press('Enter');
  await untilAsked(page, 're_record');
  await show(page, 'draft', { ...DRAFT, state: 'recording' });
  await show(page, 'draft', DRAFT);
  await page.focus('#review-discard');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Discard', exact: true }).last().click();
  await untilAsked(page, 'discard');
  await page.focus('#send');
  await page.keyboard.press('Enter');
  await untilAsked(page, 'send');
}));

// rows 16, 27, 28
it('an unheard message comes first, and plays and stops by key', () => withPage(async (page) => {
  const first = page.locator('.message').first();
  assert.match(await first.getAttribute('aria-label'), /Emine/);
  await first.locator('.play').focus();
  await page.keyboard.press('Enter');
  await untilAsked(page, 'play');
  assert.deepEqual((await commands(page, 'play'))[0], { do: 'play', message: MESSAGES[0].id, from_ms: 0 });
  await show(page, 'playing', { message: MESSAGES[0].id, at: 1_500 });
  assert.equal(await first.getAttribute('data-playing'), 'true');
  await page.keyboard.press('Enter');
  await untilAsked(page, 'stop_playing');
  await show(page, 'playing', null);
  await page.keyboard.press('Enter');
  await untilAsked(page, 'play', 2);
  assert.equal((await commands(page, 'play'))[1].from_ms, 1_500, 'it goes on where it was stopped');
}));

it('the speed goes through its four steps', () => withPage(async (page) => {
  await show(page, 'playing', { message: MESSAGES[1].id, at: 100 });
  const speed = page.locator('.speed:visible');
  const seen = [];
  for (let step = 0; step < 5; step += 1) {
    seen.push(await speed.textContent());
    await speed.press('Enter');
  }
  assert.deepEqual(seen, ['1×', '1.25×', '1.5×', '2×', '1×']);
}));

it('a reply to all is for everybody but oneself', () => withPage(async (page) => {
  const message = page.locator('.message', { hasText: 'Chiara Rossi' });
  await message.getByLabel('More').press('Enter');
  await message.getByRole('button', { name: 'Reply to all' }).press('Enter');
  assert.equal(await focus(page), 'talk-button');
  await page.keyboard.press('Enter');
  await untilAsked(page, 'talk');
  const [talk] = await commands(page, 'talk');
  assert.equal(talk.recipients.length, 3);
  assert.equal(talk.reply_to, MESSAGES[2].id);
}));

// row 27
it('an arrival is told in the title and on the tab', () => withPage(async (page) => {
  await tell(page, { is: 'arrived', message: MESSAGES[1].id, person: BEN.guid });
  await page.waitForFunction(() => document.title === '(2) IVM');
  await page.setViewportSize({ width: 390, height: 844 });
  assert.equal(await page.textContent('#tab-count'), '2');
}));

it('the banner says that it works off-line, and goes away', () => withPage(async (page) => {
  const session = { link: 'offline', me: null, longest_ms: 1, silence_ms: 1, retention_days: 1 };
  await show(page, 'session', session);
  await page.waitForSelector('#banner:visible');
  assert.match(await page.textContent('#banner'), /Off-line/);
  await show(page, 'session', { ...session, link: 'online' });
  await page.waitForSelector('#banner', { state: 'hidden' });
}));

it('a theme is chosen and stays', () => withPage(async (page) => {
  await page.click('#me');
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(18, 21, 24)');
}));
