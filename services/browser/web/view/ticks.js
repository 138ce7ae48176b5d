// What has become of a sent message: for all of its recipients, and for one.
import { icon, make } from '../page/dom.js';
import { when } from '../page/words.js';

const LOOKS = {
  sending: ['clock', 'Sending'],
  sent: ['check', 'Sent'],
  delivered: ['checks', 'Received'],
  played: ['heard', 'Heard'],
  failed: ['warning', 'Not sent'],
};

/** The sum of all recipients, in a line. */
export function ticks(message) {
  const state = sum(message);
  const all = message.deliveries.length;
  let words = LOOKS[state][1];
  const got = message.deliveries.filter((one) => (state === 'played' ? one.played : one.delivered)).length;
  if ((state === 'played' || state === 'delivered') && all > 1) words += got < all ? ` by ${got} of ${all}` : ' by all';
  return sign(state, words);
}

/** One recipient, with the time. */
export function tick(message, delivery) {
  if (message.state === 'sending' || message.state === 'failed') return sign(message.state, LOOKS[message.state][1]);
  if (delivery?.played) return sign('played', `Heard ${when(delivery.played)}`);
  if (delivery?.delivered) return sign('delivered', `Received ${when(delivery.delivered)}`);
  return sign('sent', 'Waits on the server');
}

function sum(message) {
  if (message.state === 'sending' || message.state === 'failed') return message.state;
  if (message.deliveries.some((one) => one.played)) return 'played';
  if (message.deliveries.some((one) => one.delivered)) return 'delivered';
  return 'sent';
}

function sign(state, words) {
  return make('span', { class: 'ticks', dataset: { state } }, icon(LOOKS[state][0]), words);
}
