// Runs on the audio thread: gathers the microphone's samples into chunks of 20 ms.

class Capture extends AudioWorkletProcessor {
  #chunk = new Float32Array(Math.round(sampleRate / 50));
  #filled = 0;
  #port = null;
  #over = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data.to) this.#port = data.to;
      if (data.stop) {
        this.#port?.postMessage(null);
        this.#over = true;
      }
      if (data.close) this.#over = true;
    };
  }

  process([input]) {
    if (this.#over) return false;
    const channel = input[0];
    if (channel && this.#port) this.#take(channel);
    return true;
  }

  #take(samples) {
    for (const sample of samples) {
      this.#chunk[this.#filled++] = sample;
      if (this.#filled < this.#chunk.length) continue;
      this.#port.postMessage(this.#chunk, [this.#chunk.buffer]);
      this.#chunk = new Float32Array(Math.round(sampleRate / 50));
      this.#filled = 0;
    }
  }
}

registerProcessor('ivm-capture', Capture);
