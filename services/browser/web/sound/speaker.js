// The loudspeaker: one player for each sample rate, and the short sounds that the page itself makes.
import { habit } from '../page/store.js';

export class Speaker extends EventTarget {
  #players = new Map();
  #tones = new AudioContext();

  constructor() {
    super();
    this.#tones.addEventListener('statechange', () => this.dispatchEvent(new Event('allowed')));
  }

  /** A port to send samples at this rate through. */
  async player(rate) {
    const context = new AudioContext({ sampleRate: rate, latencyHint: 'interactive' });
    await context.audioWorklet.addModule('/sound/player-worklet.js');
    const node = new AudioWorkletNode(context, 'ivm-player', { numberOfInputs: 0, outputChannelCount: [1] });
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage({ from: port1, speed: habit('speed') }, [port1]);
    node.connect(context.destination);
    this.#players.set(rate, { context, node });
    return port2;
  }

  /** 1 to 2. */
  setSpeed(speed) {
    for (const { node } of this.#players.values()) node.port.postMessage({ speed });
  }

  /** A browser keeps sound off until the person touches the page; is it on? Event: `allowed`. */
  get allowed() {
    return this.#tones.state === 'running';
  }

  /** To be called whenever the person touches the page. */
  wake() {
    for (const { context } of this.#players.values()) if (context.state === 'suspended') context.resume();
    if (this.#tones.state === 'suspended') this.#tones.resume();
  }

  /** A message has arrived. */
  chime() {
    this.#sing([[660, 0, 0.16], [880, 0.11, 0.28]], 0.12);
  }

  /** Somebody begins to speak. */
  chirp() {
    this.#sing([[740, 0, 0.09], [990, 0.07, 0.1]], 0.1);
  }

  /** The message is nearly as long as it may be. */
  warn() {
    this.#sing([[520, 0, 0.14], [520, 0.24, 0.14]], 0.14);
  }

  #sing(notes, loudness) {
    const context = this.#tones;
    if (!this.allowed) return;
    for (const [pitch, start, length] of notes) {
      const from = context.currentTime + start;
      const tone = new OscillatorNode(context, { frequency: pitch, type: 'sine' });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(loudness, from + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0005, from + length);
      tone.connect(gain).connect(context.destination);
      tone.start(from);
      tone.stop(from + length + 0.02);
    }
  }
}
