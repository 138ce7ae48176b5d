// What an administrator does on the pages, for the tests against the real appliance.
import { openPage } from './chromium.js';

export const PASSWORD = 'four blue office chairs';

/** Does the first run up to the first step behind the password. */
export async function setUp(page, { https, code }) {
  await page.goto(`${https}/admin/setup?code=${code}`);
  await page.fill('#password', PASSWORD);
  await page.fill('#again', PASSWORD);
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.waitForURL('**/admin/wizard/place');
}

/** Logged in, in a profile of its own. */
export async function logIn(browser, https, { name = 'admin', password = PASSWORD, ...options } = {}) {
  const page = await openPage(browser, options);
  await page.goto(`${https}/admin/login`);
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(`${https}/admin`);
  return page;
}

/** Adds a person on a page that has the form, and gives the link of the invitation. */
export async function invite(page, name, display) {
  await page.fill('#display', display);
  await page.fill('#name', name);
  await page.getByRole('button', { name: 'Add and invite' }).click();
  return page.inputValue('#link');
}
