// A made-up office for the tests of looks: people, messages, drafts.

const id = (number) => `018f0000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const wave = (seed, many = 64) => Array.from({ length: many }, (_, i) => Math.round(255 * Math.abs(Math.sin(i * 0.37 + seed) * Math.sin(i * 0.11 + seed * 2)) ** 1.4));

const person = (number, name, display, status, more = {}) => ({ guid: id(number), name, display, status, sealed: true, contact: false, trust: 'pinned', ...more });

export const ME = person(1, 'anna', 'Anna Berg', 'online');

export const PEOPLE = [
  person(2, 'ben', 'Ben Okafor', 'online', { contact: true, trust: 'verified' }),
  person(3, 'chiara', 'Chiara Rossi', 'away', { contact: true }),
  person(4, 'david', 'David Lindqvist', 'offline', { contact: true }),
  person(5, 'emine', 'Emine Yıldız', 'online'),
  person(6, 'front.desk', 'Front desk', 'online', { sealed: false, trust: 'none' }),
  person(7, 'george', 'George', 'dnd'),
  person(8, 'hana', 'Hana Novák', 'offline', { trust: 'changed' }),
  person(9, 'ivo', 'Ivo Marić', 'offline', { trust: 'none' }),
];

export const SESSION = { link: 'online', me: ME, longest_ms: 900_000, silence_ms: 3_000, retention_days: 90 };

const message = (number, more) => ({
  id: id(100 + number), direction: 'received', state: 'played', sender: id(2), sender_display: 'Ben Okafor', recipients: [ME.guid],
  mode: 'record', priority: 'normal', created: Date.now() - number * 4_700_000, duration_ms: 7_400 + number * 3_100, waveform: wave(number),
  attachments: [], deliveries: [], reply_to: null, sealed: true, ...more,
});

export const MESSAGES = [
  message(0, { state: 'arriving', mode: 'live', sender: id(5), sender_display: 'Emine Yıldız', created: Date.now() - 4_000, duration_ms: 4_000, waveform: wave(9, 20) }),
  message(1, { state: 'unplayed', priority: 'high', attachments: [{ name: 'floor-plan-level-2.pdf', media_type: 'application/pdf', size: 482_133, done: 482_133 }] }),
  message(2, { state: 'unplayed', sender: id(3), sender_display: 'Chiara Rossi', recipients: [ME.guid, id(2), id(4)] }),
  message(3, { direction: 'sent', state: 'sent', sender: ME.guid, sender_display: ME.display, recipients: [id(2), id(4), id(6)], sealed: false,
    deliveries: [{ person: id(2), delivered: Date.now() - 9_000_000, played: Date.now() - 8_000_000 }, { person: id(4), delivered: null, played: null }, { person: id(6), delivered: Date.now() - 9_000_000, played: null }] }),
  message(4, { sender: id(7), sender_display: 'George' }),
  message(5, { direction: 'sent', state: 'sending', sender: ME.guid, sender_display: ME.display, recipients: [id(8)], deliveries: [{ person: id(8), delivered: null, played: null }], attachments: [{ name: 'photo.jpg', media_type: 'image/jpeg', size: 3_100_000, done: 1_200_000 }] }),
  message(6, { state: 'unreadable', sender: id(8), sender_display: 'Hana Novák', waveform: [], duration_ms: 0 }),
];

export const DRAFT = {
  id: id(500), state: 'ready', recipients: [id(2), id(3)], priority: 'normal', duration_ms: 12_300, waveform: wave(3),
  attachments: [{ name: 'offer-2031.xlsx', media_type: 'application/vnd.ms-excel', size: 91_200, done: 91_200 }], level_dbfs: -60,
};
