// Times the voice pipeline as WebAssembly: node run.mjs PACKAGE SAMPLES
// PACKAGE is what wasm-bindgen made (target nodejs), SAMPLES a file of 32-bit floats at 48 kHz.
// Prints one line of JSON, in milliseconds and bytes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, file] = process.argv.slice(2);
const { Made } = createRequire(import.meta.url)(resolve(folder, "bench_speech.js"));
const bytes = readFileSync(file);
const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

new Made(samples.subarray(0, 480000)).play(); // the engine compiles while it warms up
const start = performance.now();
const made = new Made(samples);
const between = performance.now();
made.play();
const end = performance.now();
console.log(JSON.stringify({ making: between - start, playing: end - between, bytes: made.bytes() }));
