// Every page of the administration, one after the other.
import assert from 'node:assert/strict';
import { look } from './look.js';

export const SIZES = { 390: 844, 1440: 900 };

const PAGES = {
  overview: '/admin', people: '/admin/people', person: '/admin/people/anna', remove: '/admin/people/anna/remove', log: '/admin/log', network: '/admin/settings/network', addresses: '/admin/settings/addresses', router: '/admin/addresses/router', telephones: '/admin/phones', place: '/admin/settings/place', messages: '/admin/settings/messages',
  certificate: '/admin/certificate', update: '/admin/update', backup: '/admin/backup', maintenance: '/admin/maintenance', administrators: '/admin/administrators', audit: '/admin/audit', password: '/admin/password', about: '/admin/about',
};

/** Opens them all and looks at each; the pictures are called `before-name-after`. There has to be a person called anna. */
export async function tour(page, https, before, after) {
  for (const [name, path] of Object.entries(PAGES)) {
    const answer = await page.goto(https + path);
    assert.equal(answer.status(), 200, path);
    await look(page, `${before}-${name}-${after}`);
  }
}
