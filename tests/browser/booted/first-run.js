// The first run of an appliance that was booted elsewhere, as a person does it who stands at its
// front panel with a computer: set up, invite two, let them speak with each other, look at every
// page. `tests/boot` starts this with what it has read off the panel; it is no test by itself, and
// its name keeps it out of what `node --test` finds.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect } from 'node:tls';
import { invite, logIn, setUp } from '../lib/administrator.js';
import { launch, openPage } from '../lib/chromium.js';
import { look } from '../lib/look.js';
import { join, shot } from '../lib/person.js';
import { speechFile } from '../lib/speech.js';
import { browserToTerminal, Terminal, terminalToBrowser } from '../lib/terminal.js';
import { SIZES, tour } from '../lib/tour.js';

/** A machine whose every instruction is translated takes its time. */
const patience = 180_000;
const LOOK_MS = 500;

const given = (name, what) => process.env[name] || assert.fail(`${name} is missing: ${what}`);
const address = given('IVM_BOOTED_HTTPS', 'where its pages are, such as 127.0.0.1:18443');
const objects = given('IVM_BOOTED_OBJECTS', 'where its message server is, such as 127.0.0.1:14431');
const code = given('IVM_BOOTED_CODE', 'the one-time code on its panel, such as 7K3M-XQ2W');
const fingerprint = given('IVM_BOOTED_FINGERPRINT', 'the fingerprint on its panel, 64 hexadecimal digits').toLowerCase();
given('IVM_EXECUTABLES', 'the folder that ivm is in');
assert.match(fingerprint, /^[0-9a-f]{64}$/, 'IVM_BOOTED_FINGERPRINT is not 64 hexadecimal digits');

const https = `https://${address}`;
const speechWav = speechFile('vm-intro', 'privacy-prompt');
const ben = new Terminal();
const links = {};
let authority;
let browser;
let anna;

before(async () => { browser = await launch({ microphone: speechWav }); });
after(async () => {
  await browser?.close();
  ben.remove();
});

/** The names of the certificate that the pages are served with; it has to be of the appliance's own authority. */
async function served() {
  const [host, port] = address.split(':');
  // The names are those in the office's network, so the one that is asked for here is not among them.
  const socket = connect({ host, port: Number(port), ca: authority.toString(), checkServerIdentity: () => undefined });
  await once(socket, 'secureConnect');
  const { subjectaltname } = socket.getPeerCertificate();
  socket.destroy();
  return subjectaltname;
}

/** An invitation names the address that the appliance has in its own network; from here the way leads through a forwarded port. */
function fromHere(link) {
  const { pathname, hash } = new URL(link);
  return https + pathname + hash;
}

/** Waits for a page of the wizard; says what is there instead, if it does not come. */
async function arrives(page, name) {
  try {
    await page.waitForURL(`**/admin/wizard/${name}`);
  } catch (error) {
    throw new Error(`instead of ${name}, ${page.url()}: ${await page.locator('body').innerText()}`, { cause: error });
  }
}

/** Waits until the overview has nothing to complain of; says what it complains of, if it does not stop. */
async function isWell(page) {
  try {
    await page.getByText('Everything works').waitFor();
  } catch (error) {
    throw new Error(`not well: ${await page.locator('[data-part=state]').innerText()}`, { cause: error });
  }
}

describe('a booted appliance', { concurrency: false }, () => {
  it('has the certificate authority whose fingerprint the panel shows', async () => {
    const page = await openPage(browser, { patience });
    authority = new X509Certificate(await (await page.request.get(`${https}/appliance-ca.crt`)).body());
    await page.context().close();
    assert.equal(authority.fingerprint256.replaceAll(':', '').toLowerCase(), fingerprint);
    assert.match(await served(), /DNS:localhost/);
  });

  // rows 113, 114
  it('is set up with the code from the panel', async () => {
    const page = await openPage(browser, { patience });
    const press = (name) => page.getByRole('button', { name, exact: true }).click();
    await setUp(page, { https, code });
    await look(page, 'booted-wizard-place-1440-light');
    await page.fill('#host', 'office');
    await page.selectOption('#time-zone', 'Europe/Berlin');
    await press('Save and go on');
    await arrives(page, 'network');
    assert.match(await page.inputValue('#network-ipv4-address'), /^\d+\.\d+\.\d+\.\d+$/, 'the one that it has');
    await look(page, 'booted-wizard-network-1440-light');
    await press('Save and go on');
    await arrives(page, 'messages');
    await press('Save and go on');
    await arrives(page, 'people');
    for (const [name, display] of [['anna', 'Anna Berg'], ['ben', 'Ben Okafor']]) {
      links[name] = await invite(page, name, display);
      await look(page, `booted-invitation-${name}-1440-light`);
      await page.getByRole('link', { name: 'Done' }).click();
      await arrives(page, 'people');
    }
    await press('Finish');
    assert.match(await page.textContent('.banner.good[role=status]'), /is set up/);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  it('serves its pages under the name that was chosen', async () => {
    const end = Date.now() + patience;
    while (!(await served()).includes('DNS:office.local')) {
      assert.ok(Date.now() < end, 'its certificate has not got the name');
      await setTimeout(LOOK_MS);
    }
  });

  it('lets people join in a browser and in a terminal', async () => {
    anna = await join(browser, fromHere(links.anna), { patience });
    await ben.join(new URL(links.ben).hash.slice(1), objects, '--fingerprint', fingerprint);
  });

  // rows 1, 8, 15
  it('carries what is spoken in the browser to the terminal', () => browserToTerminal(anna, ben, { to: 'ben', speechWav }));

  // rows 1, 8, 16
  it('and what the terminal answers to the browser', async () => {
    await terminalToBrowser(ben, anna, { to: 'anna', speechWav });
    await shot(anna, 'booted');
    assert.deepEqual(anna.complaints, []);
  });

  for (const [width, height] of Object.entries(SIZES)) {
    it(`shows its administration ${width} wide`, async () => {
      const page = await logIn(browser, https, { patience, viewport: { width: Number(width), height } });
      await isWell(page);
      await page.locator('.tile', { hasText: 'Messages today' }).locator('.value', { hasText: /^[1-9]/ }).waitFor();
      await tour(page, https, 'booted', `${width}-light`);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }
});
