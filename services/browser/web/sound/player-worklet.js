// Runs on the audio thread: plays what comes through its port, at the chosen speed, and tells how
// far it is. A live message that comes in fits and starts waits for a little store first.
import { Stretch } from './stretch.js';

const STORE_S = 0.12;
const REPORT_S = 0.1;

class Player extends AudioWorkletProcessor {
  #stretch = new Stretch(sampleRate);
  #speed = 1;
  #port = null;
  #piece = null;
  #at = 0;
  #ended = false;
  #flowing = false;
  #pushed = 0;
  #reported = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data.speed) this.#speed = data.speed;
      if (data.from) {
        this.#port = data.from;
        this.#port.onmessage = (event) => this.#take(event.data);
      }
    };
  }

  process(_, [output]) {
    const out = output[0];
    const store = this.#ended ? 1 : STORE_S * sampleRate;
    if (!this.#flowing && this.#stretch.waiting >= store) this.#flowing = true;
    if (this.#flowing) this.#fill(out);
    for (const channel of output.slice(1)) channel.set(out);
    return true;
  }

  #take(message) {
    if (message.samples) {
      this.#stretch.push(message.samples);
      this.#pushed += message.samples.length;
      this.#ended = false;
    }
    if (message.end) {
      this.#ended = true;
      if (this.#stretch.waiting === 0) this.#dry();
    }
    if (message.stop) this.#reset();
  }

  #fill(out) {
    let filled = 0;
    while (filled < out.length) {
      if (!this.#piece || this.#at === this.#piece.length) {
        this.#piece = this.#stretch.pull(this.#speed, this.#ended);
        this.#at = 0;
        if (!this.#piece) break;
      }
      const many = Math.min(out.length - filled, this.#piece.length - this.#at);
      out.set(this.#piece.subarray(this.#at, this.#at + many), filled);
      this.#at += many;
      filled += many;
    }
    const position = this.#pushed - this.#stretch.waiting;
    if (filled < out.length && this.#ended) this.#dry();
    else if (filled < out.length) this.#flowing = false;
    else if (position - this.#reported >= REPORT_S * sampleRate) this.#report(position);
  }

  #dry() {
    this.#report(this.#pushed);
    this.#reset();
  }

  #report(position) {
    this.#reported = position;
    this.#port.postMessage({ played: Math.round(position / sampleRate * 1000) });
  }

  #reset() {
    this.#stretch.clear();
    this.#piece = null;
    this.#ended = false;
    this.#flowing = false;
    this.#pushed = 0;
    this.#reported = 0;
  }
}

registerProcessor('ivm-player', Player);
