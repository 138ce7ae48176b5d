// The page's side of the engine: starts the worker, keeps the latest views, sends commands.
// Events: `session people messages draft level playing` (views), `notice`, `fatal`, `elsewhere`,
// `microphone`, `speaker`, `tone`.

export class Engine extends EventTarget {
  session = null;
  people = new Map();
  messages = new Map();
  order = [];
  draft = null;
  level = -90;
  playing = null;
  #worker = new Worker('/worker/engine.js', { type: 'module', name: 'ivm-engine' });
  #asked = new Map();
  #next = 1;

  constructor() {
    super();
    this.#worker.onmessage = ({ data }) => this.#take(data);
    this.#worker.onerror = (event) => this.#tell('fatal', event.message || 'The engine could not be loaded.');
  }

  /** Commands, each `{ do, … }` as `services/browser/src/command.rs` reads them. */
  command(name, fields = {}) {
    this.#post({ request: 'command', command: { do: name, ...fields } });
  }

  attach(file) {
    this.#post({ request: 'attach', file });
  }

  /** An attachment of a message, as a Blob. */
  save(message, attachment, mediaType) {
    return this.#ask({ request: 'save', message, attachment, mediaType });
  }

  /** The speech of a message, as a Blob: WAV, or Ogg Opus. */
  export(message, ogg) {
    return this.#ask({ request: 'export', message, ogg });
  }

  /** The safety number with a person, or null. */
  safetyNumber(person) {
    return this.#ask({ request: 'safety', person });
  }

  microphonePort(port) {
    this.#post({ request: 'microphonePort', port }, [port]);
  }

  microphoneFailed() {
    this.#post({ request: 'microphoneFailed' });
  }

  speakerPort(port, rate) {
    this.#post({ request: 'speakerPort', port, rate }, [port]);
  }

  /** Takes the engine over from another page of this browser. */
  takeOver() {
    this.#post({ request: 'takeOver' });
  }

  /** Who it is, also oneself; somebody who is on no list any more gets a plain name. */
  person(guid) {
    if (this.session?.me?.guid === guid) return this.session.me;
    return this.people.get(guid) ?? { guid, name: '', display: 'Somebody', status: 'offline', sealed: true, contact: false, trust: 'none' };
  }

  #post(message, transfer = []) {
    this.#worker.postMessage(message, transfer);
  }

  #ask(request) {
    const ask = this.#next++;
    return new Promise((resolve, reject) => {
      this.#asked.set(ask, { resolve, reject });
      this.#post({ ...request, ask });
    });
  }

  #take(data) {
    if (data.view) this.#show(data.view, data.value);
    else if (data.notice) this.#tell('notice', data.notice);
    else if (data.saved) this.#settle(data.saved, data.blob, data.error);
    else if (data.answer) this.#settle(data.answer, data.value, null);
    else if (data.microphone) this.#tell('microphone', data);
    else if (data.speaker) this.#tell('speaker', data.speaker);
    else if (data.tone) this.#tell('tone', data.tone);
    else if (data.elsewhere) this.#tell('elsewhere', data);
    else if (data.fatal) this.#tell('fatal', data.fatal);
  }

  #settle(ask, value, error) {
    const { resolve, reject } = this.#asked.get(ask);
    this.#asked.delete(ask);
    if (error) reject(new Error(error));
    else resolve(value);
  }

  #show(view, value) {
    if (view === 'people') this.people = new Map(value.map((person) => [person.guid, person]));
    else if (view === 'messages') this.#showMessages(value);
    else this[view] = value;
    this.#tell(view, value);
  }

  #showMessages({ order, changed }) {
    this.order = order;
    for (const message of changed) this.messages.set(message.id, message);
    const there = new Set(order);
    for (const id of this.messages.keys()) if (!there.has(id)) this.messages.delete(id);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
