// What both pages do first: theme, engine, sound, and the words when the engine cannot be had.
import { Microphone } from '../sound/microphone.js';
import { Speaker } from '../sound/speaker.js';
import { bringIcons } from './dom.js';
import { Engine } from './engine.js';
import { showTheme } from './theme.js';

/** The engine with its ears and mouth. */
export function startEngine() {
  showTheme();
  bringIcons();
  const engine = new Engine();
  const microphone = new Microphone();
  const speaker = new Speaker();
  engine.addEventListener('microphone', ({ detail }) => (detail.microphone === 'on' ? listen(engine, microphone) : microphone.close()));
  engine.addEventListener('speaker', async ({ detail: rate }) => engine.speakerPort(await speaker.player(rate), rate));
  engine.addEventListener('tone', () => speaker.warn());
  for (const touch of ['pointerdown', 'keydown']) addEventListener(touch, () => speaker.wake(), { capture: true, passive: true });
  return { engine, microphone, speaker };
}

async function listen(engine, microphone) {
  try {
    await microphone.open();
    const { port1, port2 } = new MessageChannel();
    microphone.pipe(port1);
    engine.microphonePort(port2);
  } catch (error) {
    engine.microphoneFailed();
    engine.dispatchEvent(new CustomEvent('notice', { detail: { is: 'no_microphone', why: error.message } }));
  }
}

/** Keeps the pages for off-line use; without it everything else works all the same. */
export function keepPages(renewed) {
  if (!('serviceWorker' in navigator)) return;
  const already = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.register('/service-worker.js').catch(() => {});
  navigator.serviceWorker.addEventListener('controllerchange', () => already && renewed());
}
