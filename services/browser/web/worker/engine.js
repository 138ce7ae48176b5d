// The worker that drives the engine: one turn after each event, one timer for its deadline.
// Nothing is decided here; the socket, the storage and the files stand in their own modules.
import init, { Client } from '../wasm/browser.js';
import { Clock } from './clock.js';
import { Files } from './files.js';
import { Link } from './link.js';
import { Sound } from './sound.js';
import { Storage } from './storage.js';
import { holdEngine } from './lock.js';

const VIEWS_EVERY_MS = 40;

const clock = new Clock();
let client;
let storage;
let deadlineTimer;
let viewsTimer;
let broken = false;
const changed = new Set();

const link = new Link({
  up: () => enter(() => client.link_up()),
  down: (why) => enter(() => client.link_down(why)),
  frame: (bytes) => enter(() => takeFrame(bytes)),
});
const files = new Files({
  read: (file, offset, bytes) => enter(() => client.file_read(file, offset, bytes)),
  failed: (file, offset, why) => enter(() => client.file_failed(file, offset, why)),
  done: (ask, blob, error) => postMessage({ saved: ask, blob, error }),
});
const sound = new Sound({
  samples: (samples) => enter(() => client.samples(samples)),
  ended: () => enter(() => client.samples_end()),
  played: (position) => enter(() => client.played(position)),
  ask: (message) => postMessage(message),
});

const DEEDS = {
  connect: () => link.open(),
  disconnect: () => link.close(),
  transmit: (deed) => link.send(deed.data),
  store: (deed) => storage.store(deed.ticket, deed.writes),
  scan: (deed) => storage.scan(deed),
  microphone: (deed) => sound.openMicrophone(deed.rate),
  microphone_off: () => sound.closeMicrophone(),
  play: (deed) => sound.play(deed.samples, deed.rate),
  play_end: () => sound.playEnd(),
  play_stop: () => sound.playStop(),
  warning_tone: () => postMessage({ tone: 'warning' }),
  read_file: (deed) => files.read(deed.file, deed.offset, deed.length),
  write_sink: (deed) => files.write(deed.sink, deed.data),
  close_sink: (deed) => files.close(deed.sink, deed.error),
  changed: (deed) => touch(deed.view),
  notice: (deed) => postMessage({ notice: JSON.parse(deed.json) }),
};

const REQUESTS = {
  command: ({ command }) => client.command(JSON.stringify(command)),
  attach: ({ file }) => {
    client.attach(files.keep(file), file.name, file.type || 'application/octet-stream', file.size);
  },
  save: ({ ask, message, attachment, mediaType }) => client.save(message, attachment, files.sink(ask, mediaType)),
  export: ({ ask, message, ogg }) => {
    client.export(message, ogg, files.sink(ask, ogg ? 'audio/ogg' : 'audio/wav'));
  },
  safety: ({ ask, person }) => postMessage({ answer: ask, value: client.safety_number(person) ?? null }),
  microphonePort: ({ port }) => sound.takeMicrophone(port),
  microphoneFailed: () => sound.microphoneFailed(),
  speakerPort: ({ port, rate }) => sound.takeSpeaker(port, rate),
};

/** Lets something in, then carries out what follows from it. */
function enter(input) {
  if (broken) return;
  try {
    client.at(clock.now());
    input();
    turn();
  } catch (error) {
    stop(`Something went wrong: ${error?.message ?? error}`);
  }
}

/** A frame that is no object: the server is not what it seems, so the link is given up. */
function takeFrame(bytes) {
  try {
    client.object(bytes);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    link.fail(String(error));
  }
}

/** An engine that has failed must not go on with half of its state; what is stored is safe. */
function stop(why) {
  broken = true;
  link.close();
  postMessage({ fatal: why });
}

function turn() {
  for (let deed = client.poll(); deed !== undefined; deed = client.poll()) DEEDS[deed.deed](deed);
  storage.commit();
  clearTimeout(deadlineTimer);
  const deadline = client.deadline();
  if (deadline !== undefined) {
    deadlineTimer = setTimeout(() => enter(() => client.expire()), Math.max(0, deadline - clock.now()));
  }
}

function touch(view) {
  changed.add(view);
  viewsTimer ??= setTimeout(showViews, changed.size === 1 ? 0 : VIEWS_EVERY_MS);
}

function showViews() {
  viewsTimer = undefined;
  for (const view of changed) postMessage({ view, value: valueOf(view) });
  changed.clear();
}

function valueOf(view) {
  switch (view) {
    case 'session': return JSON.parse(client.session());
    case 'people': return JSON.parse(client.people());
    case 'messages': return JSON.parse(client.messages());
    case 'draft': return JSON.parse(client.draft());
    case 'level': return client.level();
    default: return client.playing() === undefined ? null : { message: client.playing(), at: client.playing_at() };
  }
}

async function start() {
  await holdEngine(() => postMessage({ elsewhere: true }), () => {
    link.close();
    postMessage({ elsewhere: true, lost: true });
    self.close();
  });
  await init();
  storage = await Storage.open({
    stored: (ticket) => enter(() => client.stored(ticket)),
    failed: (ticket, why) => enter(() => client.store_failed(ticket, why)),
    scanned: (ticket, keys, values, more) => enter(() => client.scanned(ticket, keys, values, more)),
    unreadable: () => stop('The messages on this device cannot be read. Load the page again.'),
  });
  const seed = crypto.getRandomValues(new Uint8Array(32));
  client = new Client(Date.now(), clock.now(), seed, location.origin);
  seed.fill(0);
  for (const view of ['session', 'people', 'messages', 'draft']) touch(view);
  turn();
  self.onmessage = ({ data }) => enter(() => REQUESTS[data.request](data));
  for (const data of waiting.splice(0)) enter(() => REQUESTS[data.request](data));
}

const waiting = [];
self.onmessage = ({ data }) => {
  if (data.request !== 'takeOver') waiting.push(data);
};
start().catch((error) => stop(String(error?.message ?? error)));
