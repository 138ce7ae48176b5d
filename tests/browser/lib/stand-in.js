// A worker that says what a test tells it to, in the words of `worker/engine.js`: for looks and
// keyboard, where no server is needed. `window.engine.show(view, value)` pushes a view, and
// `window.engine.heard` keeps what the page asked for.

/** To be run in the page before its own scripts. */
export function standIn() {
  const heard = [];
  window.Worker = class {
    constructor() {
      window.engine = {
        heard,
        show: (view, value) => this.onmessage({ data: { view, value } }),
        tell: (notice) => this.onmessage({ data: { notice } }),
        commands: (name) => heard.filter(({ command }) => command?.do === name).map(({ command }) => command),
      };
    }

    postMessage(message) {
      heard.push(message);
      if (message.request === 'safety') queueMicrotask(() => this.onmessage({ data: { answer: message.ask, value: '12345 67890 13579 24680 11223 34455 66778 89900 12321 45654 78987 10101' } }));
    }
  };
}
