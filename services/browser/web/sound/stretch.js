// Speech faster than it was spoken, at the same pitch: WSOLA. Frames overlap by half; each one is
// taken from where it continues the one before best, near the place where the speed wants it.

const FRAME_S = 0.03;
const SEARCH_S = 0.008;
const COARSE = 4;

export class Stretch {
  #hop;
  #search;
  #window;
  #queue = new Float32Array(0);
  #length = 0;
  #read = 0;
  #follow = -1;
  #tail;

  /** For samples at this rate. */
  constructor(rate) {
    this.#hop = Math.round(rate * FRAME_S / 2);
    this.#search = Math.round(rate * SEARCH_S);
    this.#window = Float32Array.from({ length: this.#hop }, (_, i) => 0.5 - 0.5 * Math.cos(Math.PI * (i + 0.5) / this.#hop));
    this.#tail = new Float32Array(this.#hop);
  }

  /** Samples that wait, in the time of the speech. */
  get waiting() {
    return this.#length - this.#read;
  }

  push(samples) {
    if (this.#length + samples.length > this.#queue.length) this.#grow(samples.length);
    this.#queue.set(samples, this.#length);
    this.#length += samples.length;
  }

  clear() {
    this.#length = 0;
    this.#read = 0;
    this.#follow = -1;
  }

  /**
   * The next piece at this speed; `last` when nothing more will be pushed. Null when it has to
   * wait for more, or when all is out.
   */
  pull(speed, last) {
    if (speed === 1) return this.#straight();
    const need = 2 * this.#hop + this.#search;
    if (this.waiting < need) return last ? this.#rest() : null;
    const start = this.#follow < 0 ? this.#read : this.#best();
    const out = new Float32Array(this.#hop);
    for (let i = 0; i < this.#hop; i += 1) {
      const rising = this.#follow < 0 ? 1 : this.#window[i];
      out[i] = this.#queue[start + i] * rising + (this.#follow < 0 ? 0 : this.#tail[i]);
    }
    this.#follow = start + this.#hop;
    for (let i = 0; i < this.#hop; i += 1) this.#tail[i] = this.#queue[this.#follow + i] * (1 - this.#window[i]);
    this.#read += Math.round(this.#hop * speed);
    return out;
  }

  #straight() {
    if (this.waiting <= 0) return null;
    // What was faded out at another speed goes on where it was.
    if (this.#follow >= 0) this.#read = Math.min(this.#follow, this.#length);
    this.#follow = -1;
    const out = this.#queue.slice(this.#read, Math.min(this.#length, this.#read + this.#hop));
    this.#read += out.length;
    return out.length > 0 ? out : null;
  }

  #rest() {
    const from = this.#follow >= 0 ? this.#follow : this.#read;
    const out = this.#queue.slice(Math.min(from, this.#length), this.#length);
    this.#read = this.#length;
    this.#follow = -1;
    return out.length > 0 ? out : null;
  }

  /** Where near the wanted place the speech is most like what would have followed. */
  #best() {
    const low = Math.max(0, this.#read - this.#search);
    const high = this.#read + this.#search;
    let best = this.#scan(low, high, COARSE * 2);
    best = this.#scan(Math.max(low, best - COARSE * 2), Math.min(high, best + COARSE * 2), 1);
    return best;
  }

  #scan(low, high, step) {
    let best = low;
    let most = -Infinity;
    for (let place = low; place <= high; place += step) {
      let product = 0;
      let energy = 1e-9;
      for (let i = 0; i < this.#hop; i += COARSE) {
        const sample = this.#queue[place + i];
        product += sample * this.#queue[this.#follow + i];
        energy += sample * sample;
      }
      const likeness = product / Math.sqrt(energy);
      if (likeness > most) {
        most = likeness;
        best = place;
      }
    }
    return best;
  }

  /** Makes room, and forgets what was played. */
  #grow(more) {
    const keep = Math.max(0, Math.min(this.#read - this.#search, this.#follow < 0 ? this.#read : this.#follow - this.#hop));
    const left = this.#length - keep;
    const room = Math.max(2 * (left + more), 16_384);
    const queue = new Float32Array(room);
    queue.set(this.#queue.subarray(keep, this.#length));
    this.#queue = queue;
    this.#length = left;
    this.#read -= keep;
    if (this.#follow >= 0) this.#follow -= keep;
  }
}
