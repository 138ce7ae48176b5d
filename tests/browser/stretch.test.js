// Playing faster: the pitch stays, the length shrinks, nothing clicks.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Stretch } from '../../services/browser/web/sound/stretch.js';

const RATE = 16_000;

function voice(seconds, pitch) {
  return Float32Array.from({ length: RATE * seconds }, (_, i) => {
    const t = i / RATE;
    return 0.4 * Math.sin(2 * Math.PI * pitch * t) + 0.2 * Math.sin(2 * Math.PI * 3 * pitch * t + 1);
  });
}

/** Pushes in pieces as they come from the network, pulls all. */
function play(samples, speed) {
  const stretch = new Stretch(RATE);
  const out = [];
  for (let at = 0; at < samples.length; at += 960) {
    stretch.push(samples.subarray(at, at + 960));
    for (let piece = stretch.pull(speed, false); piece; piece = stretch.pull(speed, false)) out.push(...piece);
  }
  for (let piece = stretch.pull(speed, true); piece; piece = stretch.pull(speed, true)) out.push(...piece);
  return Float32Array.from(out);
}

/** The pitch by the strongest autocorrelation between 50 and 400 Hz. */
function pitchOf(samples) {
  const piece = samples.subarray(4_000, 8_000);
  let best = 0;
  let most = -Infinity;
  for (let lag = RATE / 400; lag < RATE / 50; lag += 1) {
    let sum = 0;
    for (let i = 0; i + lag < piece.length; i += 1) sum += piece[i] * piece[i + lag];
    sum /= piece.length - lag;
    if (sum > most * 1.02 + 1e-9) {
      most = sum;
      best = lag;
    }
  }
  return RATE / best;
}

it('at speed 1 every sample comes out as it went in', () => {
  const samples = voice(2, 120);
  assert.deepEqual(play(samples, 1), samples);
});

for (const speed of [1.25, 1.5, 2]) {
  it(`at speed ${speed} it is shorter by that, at the same pitch and without jumps`, () => {
    const samples = voice(4, 120);
    const out = play(samples, speed);
    assert.ok(Math.abs(out.length - samples.length / speed) < RATE * 0.08, `${out.length} samples`);
    assert.ok(Math.abs(pitchOf(out) - 120) < 3, `${pitchOf(out)} Hz`);
    let jump = 0;
    for (let i = 1; i < out.length; i += 1) jump = Math.max(jump, Math.abs(out[i] - out[i - 1]));
    let steepest = 0;
    for (let i = 1; i < samples.length; i += 1) steepest = Math.max(steepest, Math.abs(samples[i] - samples[i - 1]));
    assert.ok(jump < steepest * 2, `${jump} against ${steepest}`);
  });
}

it('changing the speed in the middle loses and doubles nothing audible', () => {
  const stretch = new Stretch(RATE);
  stretch.push(voice(3, 100));
  let out = 0;
  for (const speed of [1, 2, 1, 1.5, 1]) for (let i = 0; i < 20; i += 1) out += stretch.pull(speed, false).length;
  const taken = RATE * 3 - stretch.waiting;
  const expected = stretch.pull(1, false).length * 20 * (1 + 2 + 1 + 1.5 + 1);
  assert.ok(Math.abs(taken - expected) < RATE * 0.06, `${taken} against ${expected}, ${out} out`);
});
