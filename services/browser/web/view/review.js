// A recorded draft before it is sent: listen, speak on, again, discard, send.
import { ask } from '../page/ask.js';
import { find, setIcon, setText } from '../page/dom.js';
import { drawWave } from '../page/waveform.js';
import { clock } from '../page/words.js';

const ASK_FROM_MS = 5_000;

export class Review {
  #engine;
  #player;
  #on;
  #wave = find('review-wave');

  /** `on` is told `speakOn()`, `again()` and `sent()`. */
  constructor(engine, player, on) {
    this.#engine = engine;
    this.#player = player;
    this.#on = on;
    find('review-play').addEventListener('click', () => this.#listen());
    find('review-append').addEventListener('click', () => on.speakOn());
    find('review-again').addEventListener('click', () => on.again());
    find('review-discard').addEventListener('click', () => this.#discard());
    find('send').addEventListener('click', () => this.#send());
    engine.addEventListener('draft', () => this.#show());
    player.addEventListener('change', () => this.#show());
    document.addEventListener('ivm-theme', () => this.#show());
    new ResizeObserver(() => this.#show()).observe(this.#wave);
  }

  #listen() {
    if (this.#plays) this.#player.stop();
    else this.#engine.command('review');
  }

  get #plays() {
    return this.#engine.draft !== null && this.#player.current === this.#engine.draft.id;
  }

  async #discard() {
    const long = (this.#engine.draft?.duration_ms ?? 0) >= ASK_FROM_MS;
    if (long && !await ask('Discard this message?', 'What you said and the attached files are gone then.', 'Discard', { danger: true })) return;
    this.#engine.command('discard');
  }

  #send() {
    if (this.#engine.draft?.recipients.length === 0) {
      setText(find('talk-status'), 'Choose who to send it to first.');
      find('people-search').focus();
      return;
    }
    this.#engine.command('send');
    this.#on.sent();
  }

  #show() {
    const draft = this.#engine.draft;
    const ready = draft?.state === 'ready';
    const spoken = ready && draft.duration_ms > 0;
    find('review').hidden = !spoken;
    find('send').hidden = !(spoken || (ready && draft.attachments.length > 0));
    find('send').setAttribute('aria-disabled', String(ready && draft.recipients.length === 0));
    if (!spoken) return;
    const at = this.#plays ? this.#player.position : 0;
    setIcon(find('review-play').querySelector('svg'), this.#plays ? 'pause' : 'play');
    find('review-play').setAttribute('aria-label', this.#plays ? 'Stop' : 'Listen to it');
    setText(find('review-time'), this.#plays ? `${clock(at)} / ${clock(draft.duration_ms)}` : clock(draft.duration_ms));
    drawWave(this.#wave, draft.waveform, at / draft.duration_ms);
  }
}
