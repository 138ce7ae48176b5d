// The WebSocket to the server: one binary frame is one message object. When to connect again is
// the engine's business.

const GIVE_UP_MS = 15_000;

export class Link {
  #on;
  #socket = null;

  /** `on` is told `up()`, `down(why)` and `frame(bytes)`. */
  constructor(on) {
    this.#on = on;
  }

  open() {
    if (this.#socket) return;
    const socket = new WebSocket(`${location.protocol === 'http:' ? 'ws' : 'wss'}://${location.host}/ws`);
    const patience = setTimeout(() => socket.close(), GIVE_UP_MS);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      clearTimeout(patience);
      if (socket === this.#socket) this.#on.up();
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#on.frame(new Uint8Array(data));
    };
    socket.onclose = ({ code, reason }) => {
      clearTimeout(patience);
      if (socket === this.#socket) this.fail(reason || `closed (${code})`);
    };
  }

  send(bytes) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  /** Closes in good order; what was sent goes out first. */
  close() {
    this.fail('closed');
  }

  /** The link is of no more use. */
  fail(why) {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.close();
    // Not within the engine's present turn.
    queueMicrotask(() => this.#on.down(why));
  }
}
