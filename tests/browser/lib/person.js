// What a person does with the client, for the tests against the real server.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { openPage } from './chromium.js';
import { ear } from './ear.js';

const SHOTS = fileURLToPath(new URL('../shots/', import.meta.url));

export const PASSWORD = 'three quiet words';

/** The microphone is let go a few seconds after it was used, and the file begins anew with it. */
const MICROPHONE_RESTS_MS = 4_500;

export const messages = (page) => page.locator('.message');

/** A picture of what is really there. */
export const shot = (page, name) => page.screenshot({ path: `${SHOTS}real-${name}.png` });

/** Takes up an invitation in a profile of its own. */
export async function join(browser, link, options = {}) {
  const page = await openPage(browser, { patience: 60_000, ...options });
  await page.addInitScript(ear);
  await page.goto(link);
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByLabel('The password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByText('I keep it in a safe place').click();
  assert.match(await page.textContent('#recovery-code'), /\w{4}/);
  await page.getByRole('button', { name: 'Start talking' }).click();
  await isOnline(page, options.patience);
  return page;
}

/** Logged in and connected. */
export async function isOnline(page, timeout = 60_000) {
  await page.waitForSelector('body[data-screen=app]', { timeout });
  await page.waitForFunction(() => document.getElementById('me-status').textContent === 'On-line', null, { timeout });
}

/** Opens a page of the same profile again. */
export async function again(page, origin) {
  const next = await page.context().newPage();
  next.complaints = page.complaints;
  await next.addInitScript(ear);
  await next.goto(origin);
  await next.waitForSelector('body[data-screen=app]');
  return next;
}

/** Chooses one recipient more, and live or record. */
export async function choose(page, name, mode) {
  const box = page.locator('.person', { hasText: name }).locator('input');
  if (!await box.isChecked()) await box.check({ force: true });
  await page.locator(`input[name=mode][value=${mode}]`).check({ force: true });
}

/** Starts to speak. */
export async function startSpeaking(page) {
  await page.waitForTimeout(MICROPHONE_RESTS_MS);
  await page.click('#talk-button');
  await page.waitForSelector('#composer[data-state=talking] #talk-time:visible');
}

/** Speaks for so long, then presses the button again. */
export async function speak(page, milliseconds, during = async () => {}) {
  await startSpeaking(page);
  await during();
  await page.waitForTimeout(milliseconds);
  await page.click('#talk-button');
}

/** Until nothing plays any more. */
export async function untilSilent(page, timeout = 30_000) {
  await page.waitForFunction(() => !document.querySelector('[data-playing=true]'), null, { timeout });
}
