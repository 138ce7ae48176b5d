// What an opened message shows: for whom, what became of it, and what can be done with it.
import { ask } from '../page/ask.js';
import { icon, make } from '../page/dom.js';
import { say } from '../page/toast.js';
import { face } from './face.js';
import { lock } from './seal.js';
import { tick } from './ticks.js';

/** The part under the card; `on` as for the card. */
export function details(message, on) {
  return make('div', { class: 'message-more' }, recipients(message, on.engine), deeds(message, on));
}

function recipients(message, engine) {
  const me = engine.session?.me?.guid;
  const rows = message.recipients.map((guid) => {
    const person = engine.person(guid);
    const delivery = message.deliveries.find((one) => one.person === guid);
    return make('li', {},
      face(person, 'small', false),
      make('span', { class: 'grow' }, guid === me ? 'You' : person.display),
      lock(person.sealed),
      message.direction === 'sent' && tick(message, delivery));
  });
  return make('ul', { class: 'people-table', 'aria-label': 'Recipients' }, rows);
}

function deeds(message, on) {
  const received = message.direction === 'received';
  const sending = message.state === 'sending';
  return make('div', { class: 'message-deeds' },
    button('reply', 'Reply', () => on.reply(message, false)),
    message.recipients.length > 1 && button('reply-all', 'Reply to all', () => on.reply(message, true)),
    received && message.state === 'unplayed' && button('check', 'Mark as heard', () => on.engine.command('mark_played', { message: message.id })),
    message.duration_ms > 0 && !sending && button('download', 'Save as WAV', () => exportSpeech(message, on.engine)),
    sending && button('close', 'Do not send', () => on.engine.command('cancel', { message: message.id })),
    !sending && button('delete', 'Delete', () => remove(message, on.engine), 'danger'));
}

function button(sign, words, run, className = '') {
  return make('button', { class: `button ${className}`, type: 'button', onclick: run }, icon(sign), words);
}

async function exportSpeech(message, engine) {
  try {
    const blob = await engine.export(message.id, false);
    const href = URL.createObjectURL(blob);
    const day = new Date(message.created).toISOString().slice(0, 16).replace(/[T:]/g, '-');
    make('a', { href, download: `ivm-${day}.wav` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  } catch (error) {
    say(`It could not be saved: ${error.message}`);
  }
}

async function remove(message, engine) {
  const everywhere = make('input', { type: 'checkbox', checked: true });
  const extra = message.direction === 'received' && make('label', { class: 'switch' }, make('span', {}, 'On my other devices, too'), everywhere);
  if (!await ask('Delete this message?', 'It cannot be brought back.', 'Delete', { danger: true, extra })) return;
  engine.command('delete', { message: message.id, everywhere: message.direction === 'received' && everywhere.checked });
}
