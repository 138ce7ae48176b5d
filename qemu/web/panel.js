// Shows the panel and sends its keys. Everything comes from this machine.
'use strict';

const KEYS = {
  ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right',
  Enter: 'ok', Escape: 'back', Backspace: 'back',
};
// A dot and the gap beside it, in pixels of the canvas; a character with the gap beside and below.
const DOT = 5, PITCH = 6, WIDE = 6.4 * PITCH, HIGH = 9.6 * PITCH, MARGIN = 26;
const LIT = { glass: ['#2a56e0', '#1c3fbd'], on: '#eef6ff', off: '#2f5bdd' };
const UNLIT = { glass: ['#141c36', '#0f1529'], on: '#46557e', off: '#161e3a' };

const by = (id) => document.getElementById(id);
const send = (path) => fetch(path, { method: 'POST', headers: { 'X-Panel': '1' } }).catch(() => {});

let last = null;
let blink = false;

function draw() {
  if (!last) return;
  const canvas = by('lcd');
  const width = Math.round(last.columns * WIDE + 2 * MARGIN);
  const height = Math.round(last.rows * HIGH + 2 * MARGIN);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const to = canvas.getContext('2d');
  const look = last.backlight ? LIT : UNLIT;
  const shade = to.createLinearGradient(0, 0, 0, height);
  look.glass.forEach((colour, at) => shade.addColorStop(at, colour));
  to.fillStyle = shade;
  to.fillRect(0, 0, width, height);
  last.cells.forEach(([sign, dots], at) => {
    const row = Math.floor(at / last.columns), column = at % last.columns;
    cell(to, look, sign, dots, row, column, MARGIN + column * WIDE, MARGIN + row * HIGH);
  });
}

function cell(to, look, sign, dots, row, column, left, top) {
  const cursor = last.cursor && last.cursor.row === row && last.cursor.column === column ? last.cursor : null;
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 5; x++) {
      let on = dots ? (dots[y] >> (4 - x)) & 1 : 0;
      if (cursor && ((cursor.line && y === 7) || (cursor.blink && blink))) on = 1;
      to.fillStyle = on ? look.on : look.off;
      to.fillRect(left + x * PITCH, top + y * PITCH, DOT, DOT);
    }
  }
  if (!dots) {
    to.fillStyle = look.on;
    to.font = `${7.4 * PITCH}px ui-monospace, monospace`;
    to.textBaseline = 'top';
    to.fillText(sign, left, top, 5 * PITCH);
  }
}

// An address in a line becomes a link.
function fact(line) {
  const item = document.createElement('li');
  const found = line.match(/https?:\/\/\S+/);
  if (!found) { item.textContent = line; return item; }
  const link = Object.assign(document.createElement('a'), { href: found[0], textContent: found[0] });
  item.append(line.slice(0, found.index), link, line.slice(found.index + found[0].length));
  return item;
}

function show(told) {
  const before = last;
  last = told;
  draw();
  by('text').textContent = told.text.join('\n');
  by('alarm').classList.toggle('on', told.alarm);
  by('plug').textContent = told.plugged ? 'Unplug the panel' : 'Plug the panel in';
  document.querySelectorAll('[data-key]').forEach((button) => {
    button.classList.toggle('down', told.keys.includes(button.dataset.key));
  });
  if (!before || before.facts.join() !== told.facts.join()) {
    const others = told.facts.filter((line) => !line.includes(location.host));
    by('facts').replaceChildren(...others.map(fact));
  }
  const log = by('log');
  if (log.textContent !== told.log) {
    const follow = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.textContent = told.log;
    if (follow) log.scrollTop = log.scrollHeight;
  }
}

async function look() {
  for (;;) {
    try {
      const answer = await fetch(`picture?after=${last ? last.changes : 0}`);
      show(await answer.json());
    } catch {
      // The machine has ended, or starts again.
      if (last) show({ ...last, changes: 0, backlight: false, plugged: false, alarm: false, keys: [], facts: ['The machine is off.'] });
      await new Promise((go) => setTimeout(go, 1000));
    }
  }
}

for (const button of document.querySelectorAll('[data-key]')) {
  const path = (deed) => `key/${button.dataset.key}/${deed}`;
  let held = false;
  const release = () => { if (held) { held = false; send(path('release')); } };
  button.addEventListener('pointerdown', (event) => {
    button.setPointerCapture(event.pointerId);
    held = true;
    send(path('press'));
  });
  button.addEventListener('pointerup', release);
  button.addEventListener('pointercancel', release);
  // By keyboard or by an assistive program there is no pointer.
  button.addEventListener('click', (event) => { if (event.detail === 0) send(path('tap')); });
}

document.addEventListener('keydown', (event) => {
  const key = KEYS[event.key];
  const own = event.target.closest('button, summary, pre') && event.key === 'Enter';
  if (!key || own || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  if (!event.repeat) send(`key/${key}/press`);
});
document.addEventListener('keyup', (event) => {
  const key = KEYS[event.key];
  if (key && !(event.target.closest('button, summary, pre') && event.key === 'Enter')) send(`key/${key}/release`);
});

by('plug').addEventListener('click', () => send('plug'));
setInterval(() => { blink = !blink; if (last && last.cursor && last.cursor.blink) draw(); }, 400);
look();
