// From a browser to a terminal and back: one engine, two mouths, the same real server.
import { after, before, describe, it } from 'node:test';
import { Appliance, build } from './lib/appliance.js';
import { launch } from './lib/chromium.js';
import { join } from './lib/person.js';
import { speechFile } from './lib/speech.js';
import { browserToTerminal, Terminal, terminalToBrowser } from './lib/terminal.js';

const appliance = new Appliance();
const ben = new Terminal();
const speechWav = speechFile('vm-intro', 'privacy-prompt');
let browser;
let anna;

before(async () => {
  await build();
  await appliance.start();
  browser = await launch({ microphone: speechWav });
  const invitation = {};
  for (const name of ['anna', 'ben']) invitation[name] = await appliance.control('user', 'add', name);
  anna = await join(browser, invitation.anna.link);
  await ben.join(invitation.ben.code, appliance.ready.objects, '--trust-first');
});
after(async () => {
  await browser?.close();
  await appliance.remove();
  ben.remove();
});

describe('a browser and a terminal', { concurrency: false }, () => {
  // rows 1, 8, 15, 81
  it('what is spoken in the browser is heard in the terminal', () => browserToTerminal(anna, ben, { to: 'ben', speechWav }));

  // rows 1, 8, 16, 27
  it('and what the terminal answers is heard in the browser', () => terminalToBrowser(ben, anna, { to: 'anna', speechWav }));
});
