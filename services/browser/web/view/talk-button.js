// The gestures of the big button: hold (mouse, finger, space bar) or click once to start and once
// to stop; Escape cancels. What follows from them is the composer's business.
import { find } from '../page/dom.js';

const HOLD_MS = 350;

export class TalkButton {
  #on;
  #button = find('talk-button');
  #pressed = null;
  #pointerHandled = false;

  /** `on` is told `start()`, `stop()`, `cancel()`, and asked `talking()` and `holds()`: does letting go stop it? */
  constructor(on) {
    this.#on = on;
    this.#button.addEventListener('pointerdown', (event) => this.#pointerDown(event));
    for (const up of ['pointerup', 'pointercancel']) this.#button.addEventListener(up, () => this.#release());
    this.#button.addEventListener('click', () => this.#click());
    this.#button.addEventListener('contextmenu', (event) => event.preventDefault());
    addEventListener('keydown', (event) => this.#keyDown(event));
    addEventListener('keyup', (event) => this.#keyUp(event));
    addEventListener('blur', () => this.#release());
  }

  #pointerDown(event) {
    if (event.button !== 0) return;
    this.#pointerHandled = true;
    this.#button.setPointerCapture(event.pointerId);
    this.#press();
  }

  /** A click that no pointer made: Enter, or a screen reader. */
  #click() {
    if (this.#pointerHandled) {
      this.#pointerHandled = false;
      return;
    }
    if (this.#on.talking()) this.#on.stop();
    else this.#on.start();
  }

  #keyDown(event) {
    if (event.key === 'Escape' && this.#on.talking()) {
      event.preventDefault();
      this.#pressed = null;
      this.#on.cancel();
    }
    if (event.code !== 'Space' || !this.#mine(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!event.repeat) this.#press();
  }

  #keyUp(event) {
    if (event.code !== 'Space' || !this.#mine(event.target)) return;
    event.preventDefault();
    this.#release();
  }

  /** The space bar is the button's, unless it means something where the focus is. */
  #mine(target) {
    return target === this.#button || !target.closest?.('button, input, select, a, summary, [role], dialog[open]');
  }

  #press() {
    const talking = this.#on.talking();
    this.#pressed = { at: performance.now(), stops: talking };
    if (!talking) this.#on.start();
  }

  #release() {
    const pressed = this.#pressed;
    this.#pressed = null;
    if (pressed && (pressed.stops || (this.#on.holds() && performance.now() - pressed.at > HOLD_MS))) this.#on.stop();
  }
}
