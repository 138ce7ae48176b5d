// Files on their way in (to be attached) and out (attachments, exported speech).

export class Files {
  #on;
  #files = new Map();
  #sinks = new Map();
  #next = 1;

  /** `on` is told `read(file, offset, bytes)`, `failed(file, offset, why)`, `done(ask, blob, error)`. */
  constructor(on) {
    this.#on = on;
  }

  /** Keeps a file to read from, and gives it a number. */
  keep(file) {
    const number = this.#next++;
    this.#files.set(number, file);
    return number;
  }

  async read(number, offset, length) {
    try {
      const slice = this.#files.get(number).slice(offset, offset + length);
      this.#on.read(number, offset, new Uint8Array(await slice.arrayBuffer()));
    } catch {
      this.#on.failed(number, offset, 'The file cannot be read any more. Was it moved or changed?');
    }
  }

  /** A place to write to, for the request `ask` of the page. */
  sink(ask, mediaType) {
    const number = this.#next++;
    this.#sinks.set(number, { ask, mediaType, parts: [] });
    return number;
  }

  write(number, bytes) {
    this.#sinks.get(number)?.parts.push(bytes);
  }

  close(number, error) {
    const sink = this.#sinks.get(number);
    if (!sink) return;
    this.#sinks.delete(number);
    const blob = error === null ? new Blob(sink.parts, { type: sink.mediaType }) : null;
    this.#on.done(sink.ask, blob, error);
  }
}
