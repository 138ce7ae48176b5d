// The ends of the two sound pipes in the worker: samples come straight from the capture worklet
// and go straight to the player worklet, past the page.

export class Sound {
  #on;
  #microphone = null;
  #listening = false;
  #speakers = new Map();
  #speaker = null;

  /** `on` is told `samples`, `ended`, `played`; `ask` goes to the page. */
  constructor(on) {
    this.#on = on;
  }

  openMicrophone(rate) {
    this.#listening = true;
    this.#on.ask({ microphone: 'on', rate });
  }

  closeMicrophone() {
    this.#listening = false;
    this.#microphone?.close();
    this.#microphone = null;
    this.#on.ask({ microphone: 'off' });
  }

  /** The page has opened the microphone; its samples come through `port`. */
  takeMicrophone(port) {
    if (!this.#listening) return port.close();
    this.#microphone?.close();
    this.#microphone = port;
    port.onmessage = ({ data }) => {
      if (port !== this.#microphone) return;
      if (data === null) this.#on.ended();
      else this.#on.samples(data);
    };
    return undefined;
  }

  microphoneFailed() {
    if (this.#listening) this.#on.ended();
  }

  play(samples, rate) {
    let speaker = this.#speakers.get(rate);
    if (!speaker) {
      speaker = { port: null, waiting: [] };
      this.#speakers.set(rate, speaker);
      this.#on.ask({ speaker: rate });
    }
    if (this.#speaker !== speaker) {
      this.#tell({ stop: true });
      this.#speaker = speaker;
    }
    this.#tell({ samples }, [samples.buffer]);
  }

  playEnd() {
    this.#tell({ end: true });
  }

  playStop() {
    this.#tell({ stop: true });
  }

  /** The page has made the player for this rate. */
  takeSpeaker(port, rate) {
    const speaker = this.#speakers.get(rate);
    speaker.port = port;
    for (const [message, transfer] of speaker.waiting.splice(0)) port.postMessage(message, transfer);
    port.onmessage = ({ data }) => {
      if (speaker === this.#speaker) this.#on.played(data.played);
    };
  }

  #tell(message, transfer = []) {
    if (!this.#speaker) return;
    if (this.#speaker.port) this.#speaker.port.postMessage(message, transfer);
    else this.#speaker.waiting.push([message, transfer]);
  }
}
