// Pages with a stand-in engine: what the tests of looks and keyboard share.
import { fileURLToPath } from 'node:url';
import { MESSAGES, PEOPLE, SESSION } from './office.js';
import { openPage } from './chromium.js';
import { standIn } from './stand-in.js';

/** The pages as they are written; the engine's glue is not needed for them. */
export const WEB = fileURLToPath(new URL('../../../services/browser/web', import.meta.url));

/** A page whose engine waits to be told what to say. */
export async function blank(browser, origin, { path = '/', ...options } = {}) {
  const page = await openPage(browser, options);
  await page.addInitScript(standIn);
  await page.goto(origin + path);
  await page.waitForFunction(() => window.engine);
  return page;
}

/** Logged in, with people and messages. */
export async function office(browser, origin, { messages = MESSAGES, people = PEOPLE, session = SESSION, ...options } = {}) {
  const page = await blank(browser, origin, options);
  await page.evaluate(([session, people, messages]) => {
    window.engine.tell({ is: 'ready', yes: true });
    window.engine.show('session', session);
    window.engine.show('people', people);
    window.engine.show('messages', { order: messages.map((message) => message.id), changed: messages });
  }, [session, people, messages]);
  return page;
}

/** Pushes a view. */
export function show(page, view, value) {
  return page.evaluate(([view, value]) => window.engine.show(view, value), [view, value]);
}

/** Tells a notice. */
export function tell(page, notice) {
  return page.evaluate((notice) => window.engine.tell(notice), notice);
}

/** The commands of this name that the page gave, oldest first. */
export function commands(page, name) {
  return page.evaluate((name) => window.engine.commands(name), name);
}

/** Plays the engine's answer to a talk or append command: the draft is being recorded. */
export async function untilAsked(page, name, many = 1) {
  await page.waitForFunction(([name, many]) => window.engine.commands(name).length >= many, [name, many]);
}
