// One person's account in the browser: logging in and out, the password, two tabs, trust.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Appliance, build } from './lib/appliance.js';
import { launch, openPage } from './lib/chromium.js';
import { isOnline, join, PASSWORD } from './lib/person.js';

const OTHER_PASSWORD = 'four louder words now';

const appliance = new Appliance();
let browser;
let anna;
let ben;

before(async () => {
  await build();
  await appliance.start();
  browser = await launch();
  anna = await join(browser, (await appliance.control('user', 'add', 'anna', '--display', 'Anna Berg')).link);
  ben = await join(browser, (await appliance.control('user', 'add', 'ben', '--display', 'Ben Okafor')).link);
});
after(async () => {
  await browser?.close();
  await appliance.remove();
});

async function logIn(page, name, password) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

describe('an account', { concurrency: false }, () => {
  it('an invitation is good once, and a wrong one is told in words', async () => {
    const { link } = await appliance.control('user', 'add', 'chiara');
    await (await join(browser, link)).context().close();
    for (const used of [link, `${appliance.ready.https}/join#WRONG-CODE`]) {
      const page = await openPage(browser);
      await page.goto(used);
      await page.waitForSelector('#asking-home:visible');
      assert.notEqual(await page.textContent('#asking-words'), 'Looking it up…');
      await page.context().close();
    }
  });

  // rows 11, 82, 83
  it('the own status is seen by others, and do not disturb, too', async () => {
    await anna.click('#me');
    await anna.getByRole('radio', { name: 'Do not disturb' }).check({ force: true });
    await ben.locator('.person', { hasText: 'Anna Berg' }).getByText('Do not disturb').waitFor();
    await anna.getByRole('radio', { name: 'On-line' }).check({ force: true });
    await ben.locator('.person', { hasText: 'Anna Berg' }).getByText('On-line').waitFor();
    await anna.keyboard.press('Escape');
  });

  it('both see the same safety number, and one marks it as compared', async () => {
    const number = async (page, name) => {
      await page.getByLabel(`About ${name}`).click({ force: true });
      await page.waitForSelector('#person[open] .safety');
      return page.textContent('#person .safety');
    };
    const one = await number(anna, 'Ben Okafor');
    assert.match(one, /^\d{60}$/);
    assert.equal(await number(ben, 'Anna Berg'), one);
    await anna.getByRole('button', { name: 'The numbers are the same' }).click();
    await anna.getByText('You have compared the safety number.').waitFor();
    await anna.keyboard.press('Escape');
    await ben.keyboard.press('Escape');
  });

  // row 79
  it('a contact goes to the top of the list', async () => {
    await anna.getByLabel('About Ben Okafor').click({ force: true });
    await anna.getByRole('button', { name: 'Add to contacts' }).click();
    await anna.locator('#person').getByRole('button', { name: 'Contact', exact: true }).waitFor();
    await anna.keyboard.press('Escape');
    await anna.getByRole('heading', { name: 'Contacts' }).waitFor();
  });

  it('a second tab says so, and takes over when asked', async () => {
    const second = await anna.context().newPage();
    await second.goto(appliance.ready.https);
    await second.getByText('IVM is open in another tab or window.').waitFor();
    await second.getByRole('button', { name: 'Use IVM here' }).click();
    await isOnline(second);
    await anna.getByText('IVM goes on in another tab.').waitFor();
    await anna.close();
    second.complaints = [];
    anna = second;
  });

  it('the password is changed, and the new one logs in', async () => {
    await anna.click('#me');
    await anna.getByRole('button', { name: 'Change password' }).click();
    await anna.getByLabel('The present password').fill(PASSWORD);
    await anna.getByLabel('The new password', { exact: true }).fill(OTHER_PASSWORD);
    await anna.getByLabel('The new password again').fill(OTHER_PASSWORD);
    await anna.getByRole('button', { name: 'Change it' }).click();
    await anna.getByRole('button', { name: 'I have written it down' }).click({ timeout: 60_000 });
    await anna.click('#me');
    await anna.getByRole('button', { name: 'Log out' }).click();
    await anna.locator('#question').getByRole('button', { name: 'Log out' }).click();
    await anna.waitForSelector('body[data-screen=login]');
    await logIn(anna, 'anna', PASSWORD);
    await anna.waitForSelector('#login-error:visible', { timeout: 60_000 });
    assert.ok((await anna.textContent('#login-error')).length > 10);
    await logIn(anna, 'Anna', OTHER_PASSWORD);
    await isOnline(anna);
    await anna.locator('.person', { hasText: 'Ben Okafor' }).waitFor();
  });

  it('a reset by the administrator ends log-ins and asks for the recovery code', async () => {
    const { link } = await appliance.control('user', 'reset', 'ben');
    const page = await openPage(browser);
    await page.goto(link);
    await page.getByText('Welcome back, Ben Okafor').waitFor();
    await page.getByLabel('Choose a password').fill(OTHER_PASSWORD);
    await page.getByLabel('The password again').fill(OTHER_PASSWORD);
    assert.ok(await page.locator('#enrol-recovery').isVisible());
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('I keep it in a safe place').click({ timeout: 60_000 });
    await ben.waitForSelector('body[data-screen=login]', { timeout: 60_000 });
    await anna.locator('.person', { hasText: 'Ben Okafor' }).getByText('Key has changed').waitFor({ timeout: 30_000 });
    await page.context().close();
  });
});
