// How the pages look: a picture of each state at two widths, light and dark, and axe's opinion.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from './lib/chromium.js';
import { DRAFT } from './lib/office.js';
import { blank, office, show, tell, WEB } from './lib/pages.js';
import { serve } from './lib/static-server.js';

const SHOTS = fileURLToPath(new URL('shots/', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { 390: 844, 1440: 900 };

let web;
let browser;
before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  web = await serve(WEB);
  browser = await launch();
});
after(async () => {
  await browser.close();
  web.close();
});

/** A picture, and no serious finding. */
async function look(page, name, { width, colorScheme }) {
  await page.waitForTimeout(200);
  await page.screenshot({ path: `${SHOTS}${name}-${width}-${colorScheme}.png` });
  // The policy forbids scripts from elsewhere; the debugger may bring one all the same.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const words = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
  assert.deepEqual(words, [], name);
}

async function fits(page) {
  const { wide, room } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth }));
  assert.ok(wide <= room, `nothing sticks out: ${wide} of ${room}`);
}

for (const [width, height] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark']) {
    const size = { viewport: { width: Number(width), height }, colorScheme };
    const at = { width, colorScheme };

    describe(`${width} wide, ${colorScheme}`, () => {
      // rows 10, 11
      it('the log-in page', async () => {
        const page = await blank(browser, web.origin, size);
        await tell(page, { is: 'ready', yes: false });
        await look(page, 'login', at);
        await fits(page);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });

      it('the invitation and the recovery code', async () => {
        const page = await blank(browser, web.origin, { ...size, path: '/join#ABCD' });
        await tell(page, { is: 'ready', yes: false });
        await tell(page, { is: 'invited', name: 'anna', display: 'Anna Berg' });
        await look(page, 'join', at);
        assert.ok(!page.url().includes('ABCD'), 'the code does not stay in the address bar');
        await tell(page, { is: 'enrolled', name: 'anna', recovery_code: 'K7QF-2MZD-9XWH-PT4R' });
        await look(page, 'recovery', at);
        await fits(page);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });

      // rows 10, 11, 16, 28, 32
      it('people, messages and what a message shows when it is opened', async () => {
        const page = await office(browser, web.origin, size);
        await look(page, 'messages', at);
        if (width === '390') await page.click('#tab-people');
        await page.getByLabel('Ben Okafor').first().check({ force: true });
        await page.getByLabel('Front desk').first().check({ force: true });
        await look(page, 'people', at);
        if (width === '390') await page.click('#tab-messages');
        await page.locator('.message', { hasText: 'To Ben Okafor' }).getByLabel('More').click();
        await look(page, 'opened', at);
        await fits(page);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });

      // rows 22, 23, 24, 25, 71
      it('talking and the review', async () => {
        const page = await office(browser, web.origin, size);
        await show(page, 'draft', { ...DRAFT, state: 'live', duration_ms: 4_200, attachments: [] });
        await show(page, 'level', -18);
        await look(page, 'talking', at);
        await show(page, 'draft', DRAFT);
        await look(page, 'review', at);
        await fits(page);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });

      it('the empty list, the settings and a person', async () => {
        const page = await office(browser, web.origin, { ...size, messages: [] });
        await look(page, 'empty', at);
        await page.click('#me');
        await page.waitForSelector('#settings[open] .choices');
        await look(page, 'settings', at);
        await page.keyboard.press('Escape');
        if (width === '390') await page.click('#tab-people');
        await page.getByLabel('About Hana Novák').click({ force: true });
        await page.waitForSelector('#person[open] .safety');
        await look(page, 'person', at);
        await fits(page);
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });
    });
  }
}
