// The microphone: opened when somebody presses the button, closed soon after it is let go. The
// browser's own processing is off; the engine removes noise and adjusts the gain itself.
import { habit } from '../page/store.js';

const RATE = 48_000;
const LINGER_MS = 4_000;

export class Microphone {
  #stream = null;
  #context = null;
  #node = null;
  #closing = 0;

  /** Samples per second that it delivers. */
  get rate() {
    return this.#context?.sampleRate ?? RATE;
  }

  /** Asks for the microphone if need be. Fails with an error whose message a person understands. */
  async open() {
    clearTimeout(this.#closing);
    if (this.#stream?.active && this.#context?.state === 'running') return;
    this.#release();
    if (!navigator.mediaDevices?.getUserMedia) throw new Error('This browser gives no microphone to this page. Open it by its https address.');
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: wishes() });
      this.#context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' });
      await this.#context.audioWorklet.addModule('/sound/capture-worklet.js');
      await this.#context.resume();
    } catch (error) {
      this.#release();
      throw new Error(inWords(error));
    }
  }

  /** Sends samples through `port` from now on. */
  pipe(port) {
    const source = this.#context.createMediaStreamSource(this.#stream);
    this.#node = new AudioWorkletNode(this.#context, 'ivm-capture', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
    this.#node.port.postMessage({ to: port }, [port]);
    source.connect(this.#node);
    const node = this.#node;
    this.#stream.getAudioTracks()[0].onended = () => node.port.postMessage({ stop: true });
  }

  /** No more samples; the device is let go unless it is needed again at once. */
  close() {
    this.#node?.port.postMessage({ close: true });
    this.#node?.disconnect();
    this.#node = null;
    clearTimeout(this.#closing);
    this.#closing = setTimeout(() => this.#release(), LINGER_MS);
  }

  #release() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#context?.close();
    this.#stream = null;
    this.#context = null;
    this.#node = null;
  }
}

function wishes() {
  const device = habit('device');
  return {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    channelCount: 1,
    sampleRate: RATE,
    ...(device ? { deviceId: { ideal: device } } : {}),
  };
}

function inWords(error) {
  switch (error.name) {
    case 'NotAllowedError': return 'IVM may not use the microphone. Allow it in the address bar, then try again.';
    case 'NotFoundError': return 'No microphone was found. Plug one in and try again.';
    case 'NotReadableError': return 'The microphone is in use by another program.';
    default: return `The microphone cannot be opened: ${error.message}`;
  }
}
