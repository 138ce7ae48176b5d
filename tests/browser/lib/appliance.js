// The real appliance as a process: built if need be, started on free ports in its own directory.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
// Where finished executables are; without it they are built here.
const FINISHED = process.env.IVM_EXECUTABLES;
export const EXECUTABLES = FINISHED ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'debug');
const PATIENCE_MS = 30_000;

/** Builds the executables, which is quick where nothing has changed. */
export async function build() {
  if (FINISHED) return;
  await run('cargo', ['build', '--quiet', '--workspace', '--bins'], { cwd: ROOT, maxBuffer: 1 << 26 });
}

/** An appliance with a state directory that outlives its restarts. */
export class Appliance {
  #state = mkdtempSync(join(tmpdir(), 'ivm-browser-'));
  #process = null;
  #ports = [0, 0, 0];
  log = '';

  /** What it said when it was ready: `https`, `objects`, `code`, `fingerprint`. */
  ready = null;

  /** Starts it; after the first time on the same ports. */
  async start() {
    const [objects, https, http] = this.#ports.map(String);
    this.#process = spawn(join(EXECUTABLES, 'appliance'), ['run', '--json', '--state', this.#state, '--objects-port', objects, '--https-port', https, '--http-port', http], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stderr.on('data', (data) => { this.log += data; });
    this.ready = await this.#readyLine();
    this.#ports = [Number(this.ready.objects.split(':').pop()), Number(new URL(this.ready.https).port), 0];
    return this.ready;
  }

  #readyLine() {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the appliance did not start:\n${this.log}`)), PATIENCE_MS);
      this.#process.once('exit', (code) => reject(new Error(`the appliance ended with ${code}:\n${this.log}`)));
      createInterface({ input: this.#process.stdout }).once('line', (line) => {
        clearTimeout(late);
        resolve(JSON.parse(line));
      });
    });
  }

  /** Ends it: in good order, or at once. */
  async stop(signal = 'SIGTERM') {
    const ended = new Promise((resolve) => { this.#process.once('exit', resolve); });
    this.#process.kill(signal);
    await ended;
  }

  /** What `appliancectl` answers, as JSON. */
  async control(...words) {
    const { stdout } = await run(join(EXECUTABLES, 'appliancectl'), ['--state', this.#state, '--json', ...words]);
    return JSON.parse(stdout);
  }

  async remove() {
    if (this.#process?.exitCode === null) await this.stop();
    rmSync(this.#state, { recursive: true, force: true });
  }
}
