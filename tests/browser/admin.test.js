// The administration's pages against the real appliance: first run, every page at two widths in
// light and dark, and what an administrator does there.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { invite, logIn, setUp } from './lib/administrator.js';
import { Appliance, build } from './lib/appliance.js';
import { launch, openPage } from './lib/chromium.js';
import { look } from './lib/look.js';
import { SIZES, tour } from './lib/tour.js';

const appliance = new Appliance();
let browser;
let https;
let page;

before(async () => {
  await build();
  await appliance.start();
  ({ https } = appliance.ready);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await appliance.remove();
});

const open = (path) => page.goto(https + path);
const press = (name) => page.getByRole('button', { name, exact: true }).click();
const notice = () => page.textContent('.banner.good[role=status]');

describe('the first run', { concurrency: false }, () => {
  // rows 113, 114
  it('keeps what was typed, says what is wrong, and can be left and taken up again', async () => {
    page = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await page.goto(`${https}/admin/setup?code=${appliance.ready.code}`);
    await look(page, 'admin-setup-390-light');
    await setUp(page, appliance.ready);
    await page.fill('#host', 'no name');
    await press('Save and go on');
    assert.equal(await page.inputValue('#host'), 'no name');
    assert.match(await page.textContent('#host-fault'), /letters a to z/);
    await look(page, 'admin-wizard-fault-390-light');
    await page.getByRole('link', { name: 'Go on later' }).click();
    await page.getByRole('link', { name: 'Go on with it' }).click();
    await page.fill('#host', 'office-2');
    await page.selectOption('#time-zone', 'Europe/Berlin');
    await press('Save and go on');
    await page.waitForURL('**/admin/wizard/network');
    await look(page, 'admin-wizard-network-390-light');
    await press('Skip');
    await page.waitForURL('**/admin/wizard/messages');
    await press('Save and go on');
    await page.waitForURL('**/admin/wizard/people');
    await look(page, 'admin-wizard-people-390-light');
    assert.match(await invite(page, 'anna', 'Anna Berg'), /\/join#./);
    await look(page, 'admin-invitation-390-light');
    await page.getByRole('link', { name: 'Done' }).click();
    await press('Finish');
    assert.match(await notice(), /is set up/);
    await open('/admin/settings/place');
    assert.equal(await page.inputValue('#host'), 'office-2');
    assert.deepEqual(page.complaints.filter((words) => !words.includes('422')), []);
    await page.context().close();
  });
});

describe('every page', { concurrency: false }, () => {
  for (const [width, height] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      it(`${width} wide, ${colorScheme}`, async () => {
        page = await logIn(browser, https, { viewport: { width: Number(width), height }, colorScheme });
        await tour(page, https, 'admin', `${width}-${colorScheme}`);
        if (width === '390') {
          await open('/admin');
          await press('Menu');
          await page.screenshot({ path: new URL(`shots/admin-menu-${width}-${colorScheme}.png`, import.meta.url).pathname });
          await page.getByRole('link', { name: 'Audit record' }).click();
          await page.waitForURL('**/admin/audit');
        }
        assert.deepEqual(page.complaints, []);
        await page.context().close();
      });
    }
  }
});

describe('an administrator', { concurrency: false }, () => {
  before(async () => { page = await logIn(browser, https); });

  it('changes settings, which are in force and still there after a restart', async () => {
    await open('/admin/settings/messages');
    await page.fill('#office-silence_s', '7');
    await press('Save');
    assert.match(await notice(), /in force/);
    await appliance.stop();
    await appliance.start();
    await open('/admin/settings/messages');
    assert.equal(await page.inputValue('#office-silence_s'), '7');
  });

  it('is told when somebody else has changed the settings in the meantime', async () => {
    await open('/admin/settings/messages');
    const other = await page.context().newPage();
    await other.goto(`${https}/admin/settings/messages`);
    await other.fill('#office-keep_days', '30');
    await other.getByRole('button', { name: 'Save', exact: true }).click();
    // A page that is closed while it loads may never close, and its form may never arrive.
    await other.getByText('in force').first().waitFor();
    await other.close();
    await page.fill('#office-longest_min', '20');
    await press('Save');
    assert.match(await page.textContent('.form-error'), /Somebody else has changed/);
    assert.equal(await page.inputValue('#office-longest_min'), '20');
    await open('/admin/settings/messages');
    assert.equal(await page.inputValue('#office-keep_days'), '30');
  });

  it('sees addresses that cannot be refused beside their fields', async () => {
    await open('/admin/settings/network');
    await page.getByLabel('This one').first().check();
    await page.fill('#network-ipv4-address', '192.168.1.2');
    await page.fill('#network-ipv4-prefix', '24');
    await page.fill('#network-ipv4-gateway', '192.168.9.1');
    await press('Save');
    assert.match(await page.textContent('#network-ipv4-gateway-fault'), /not in the network/);
    await look(page, 'admin-network-fault-1440-light');
  });

  it('is told why a certificate is refused', async () => {
    await open('/admin/certificate');
    await page.fill('#pem', 'something');
    await press('Check and use it');
    assert.match(await page.textContent('#pem-fault'), /private key, and the certificate/);
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    await page.fill('#pem', key + await served());
    await press('Check and use it');
    assert.match(await page.textContent('#pem-fault'), /key/i);
    assert.ok(!(await page.content()).includes(key.split('\n')[1]), 'the key is not shown again');
    await page.fill('#pem', key + await (await page.request.get(`${https}/appliance-ca.crt`)).text());
    await press('Check and use it');
    assert.match(await page.textContent('#pem-fault'), /authority/);
    await look(page, 'admin-certificate-fault-1440-light');
  });

  it('makes a backup and downloads it', async () => {
    await open('/admin/backup');
    await page.fill('#passphrase', 'a long passphrase');
    await page.fill('#again', 'another passphrase');
    await press('Make the backup');
    assert.match(await page.textContent('#again-fault'), /not the same/);
    await page.fill('#passphrase', 'a long passphrase');
    await page.fill('#again', 'a long passphrase');
    await press('Make the backup');
    const link = page.getByRole('link', { name: 'Download' });
    await link.waitFor({ timeout: 60_000 });
    await look(page, 'admin-backup-done-1440-light');
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const bytes = readFileSync(await download.path());
    assert.ok(bytes.length > 1_000, `${bytes.length} bytes`);
    assert.ok(!bytes.includes('Anna Berg'), 'it is encrypted');
  });

  it('is told that an upload is no backup', async () => {
    await open('/admin/backup');
    await page.fill('#restore_passphrase', 'a long passphrase');
    await page.setInputFiles('#file', { name: 'x.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('no backup at all') });
    await page.getByLabel('Replace what is on this appliance').check();
    await press('Upload and restore');
    await page.locator('main [role=alert]').waitFor({ timeout: 30_000 });
    assert.match(await page.textContent('main [role=alert]'), /backup/i);
    await look(page, 'admin-restore-fault-1440-light');
  });

  it('filters the log, which grows by itself and can be paused', async () => {
    await open('/admin/log?service=admin&level=6');
    const rows = page.locator('.lines li');
    await rows.first().waitFor();
    const services = await page.locator('.log-service').allTextContents();
    assert.deepEqual([...new Set(services)], ['admin']);
    const other = await logIn(browser, https);
    await other.context().close();
    await page.locator('.lines li', { hasText: 'log-in' }).first().waitFor();
    await press('Pause');
    assert.equal(await page.textContent('[data-log-state]'), 'Paused');
    await page.fill('#words', 'no line has these words');
    await press('Filter');
    await page.getByText('No line is like that.').waitFor();
  });

  it('shuts a person out, lets it in again, and gives it a quota', async () => {
    await open('/admin/people/anna');
    await press('Shut out');
    assert.match(await page.textContent('.there'), /Shut out/);
    await press('Let in again');
    await page.fill('#quota', '0');
    await press('Save');
    assert.match(await page.textContent('#quota-fault'), /from 1/);
    await page.fill('#quota', '64');
    await press('Save');
    assert.equal(await page.inputValue('#quota'), '64');
    await open('/admin/people?words=nobody');
    await page.getByText('Nobody is called like that.').waitFor();
  });

  it('makes a token that programs log in with, and revokes it', async () => {
    await open('/admin/administrators');
    await page.fill('#token_name', 'script');
    await press('Make a token');
    const secret = await page.inputValue('#secret');
    const asked = () => page.request.get(`${https}/api/v1/status`, { headers: { authorization: `Bearer ${secret}` } });
    assert.equal((await asked()).status(), 200);
    await page.getByRole('link', { name: 'Done' }).click();
    await page.getByRole('button', { name: /^Revoke/ }).click();
    assert.match(await notice(), /revoked/);
    assert.equal((await asked()).status(), 401);
  });

  it('adds an operator, who sees and does only the daily work', async () => {
    await open('/admin/administrators');
    await page.fill('#name', 'eva');
    await page.fill('#password', 'quiet yellow lamps');
    await page.fill('#again', 'quiet yellow lamps');
    await press('Add');
    assert.match(await notice(), /was added/);
    const eva = await logIn(browser, https, { name: 'eva', password: 'quiet yellow lamps' });
    await look(eva, 'admin-operator-1440-light');
    assert.equal(await eva.locator('nav.menu a', { hasText: 'Network' }).count(), 0);
    for (const path of ['/admin/settings/network', '/admin/backup', '/admin/audit', '/admin/administrators']) {
      assert.equal((await eva.goto(https + path)).status(), 403, path);
    }
    await look(eva, 'admin-refused-1440-light');
    assert.equal((await eva.goto(`${https}/admin/people`)).status(), 200);
    await eva.context().close();
    await open('/admin/audit');
    await page.locator('tr', { hasText: 'add administrator' }).filter({ hasText: 'eva' }).first().waitFor();
  });

  it('works without scripts', async () => {
    const plain = await logIn(browser, https, { javaScriptEnabled: false });
    await plain.goto(`${https}/admin/settings/messages`);
    await plain.fill('#office-silence_s', '9');
    await plain.getByRole('button', { name: 'Save', exact: true }).click();
    assert.match(await plain.textContent('.banner.good[role=status]'), /in force/);
    await plain.context().close();
  });
});

/** The certificate that the pages are served with. */
async function served() {
  const { hostname, port } = new URL(https);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
}
