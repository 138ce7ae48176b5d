// Speech for the microphone, and how alike two pieces of speech are.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDERS = ['/usr/share/asterisk/sounds/en', '/usr/share/asterisk/sounds/en_US_f_Allison'];
const FRAME_S = 0.04;
const HOP_S = 0.01;
const FLOOR_DB = -50;

/** A WAV file at 48 kHz of these prompts, one behind the other. */
export function speechFile(...prompts) {
  const folder = FOLDERS.find((folder) => existsSync(folder));
  if (!folder) throw new Error('no speech: install the package asterisk-core-sounds-en-wav');
  const file = join(mkdtempSync(join(tmpdir(), 'ivm-speech-')), 'speech.wav');
  execFileSync('sox', [...prompts.map((prompt) => join(folder, `${prompt}.wav`)), '-r', '48000', '-b', '16', file]);
  return file;
}

/** The samples of a WAV file, -1 to 1. */
export function readWav(file) {
  const data = readFileSync(file);
  const start = data.indexOf('data', 12, 'latin1') + 8;
  const samples = new Float32Array((data.length - start) >> 1);
  for (let i = 0; i < samples.length; i += 1) samples[i] = data.readInt16LE(start + 2 * i) / 32_768;
  return { rate: data.readUInt32LE(24), samples };
}

/** Energy of frames of 40 ms, one every 10 ms, in dB down to a floor: a change of gain only shifts it. */
export function envelope({ rate, samples }) {
  const frame = Math.round(rate * FRAME_S);
  const hop = Math.round(rate * HOP_S);
  const frames = Math.max(0, Math.floor((samples.length - frame) / hop) + 1);
  return Float64Array.from({ length: frames }, (_, i) => {
    let sum = 0;
    for (let k = i * hop; k < i * hop + frame; k += 1) sum += samples[k] * samples[k];
    return Math.max(FLOOR_DB, 10 * Math.log10(sum / frame + 1e-12));
  });
}

/** The best correlation of `spoken` with a stretch of `heard` that is as long, and where it is. */
export function likeness(spoken, heard) {
  const a = envelope(spoken);
  const b = envelope(heard);
  let best = { likeness: -1, at_s: 0 };
  const least = Math.floor(a.length * 0.9);
  for (let shift = -a.length + least; shift + least <= b.length; shift += 1) {
    const from = Math.max(0, -shift);
    const to = Math.min(a.length, b.length - shift);
    if (to - from < least) continue;
    const value = correlation(a.subarray(from, to), b.subarray(from + shift, to + shift));
    if (value > best.likeness) best = { likeness: value, at_s: shift * HOP_S };
  }
  return best;
}

function correlation(a, b) {
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
