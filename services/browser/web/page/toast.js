// Short words at the foot of the page, read aloud by screen readers, gone by themselves.
import { find, make } from './dom.js';

const STAY_MS = 6_000;
const MOST = 3;

/** Says something; `deed` is an optional `{ label, run }`. */
export function say(text, deed = null) {
  const toasts = find('toasts');
  const close = () => toast.remove();
  const toast = make('div', { class: 'toast' }, make('p', {}, text),
    deed && make('button', { type: 'button', onclick: () => { close(); deed.run(); } }, deed.label));
  toasts.append(toast);
  while (toasts.children.length > MOST) toasts.firstElementChild.remove();
  let timer = setTimeout(close, STAY_MS);
  const wait = () => clearTimeout(timer);
  const go = () => { timer = setTimeout(close, STAY_MS); };
  toast.addEventListener('mouseenter', wait);
  toast.addEventListener('mouseleave', go);
  toast.addEventListener('focusin', wait);
  toast.addEventListener('focusout', go);
}
