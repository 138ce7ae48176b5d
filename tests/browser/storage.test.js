// The engine's storage in the browser: an ordered map of bytes, durable, all or nothing.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch, openPage } from './lib/chromium.js';
import { WEB } from './lib/pages.js';
import { serve } from './lib/static-server.js';

let web;
let browser;
let page;
before(async () => {
  web = await serve(WEB);
  browser = await launch();
  page = await openPage(browser);
  await page.goto(`${web.origin}/icons/app.svg`);
});
after(async () => {
  await browser.close();
  web.close();
});

/** Runs `script(storage, wait)` in the page; `wait()` resolves to the next answer. */
function inStorage(script) {
  return page.evaluate(`(async () => {
    const { Storage } = await import('/worker/storage.js');
    const answers = [];
    let wake = () => {};
    const push = (answer) => { answers.push(answer); wake(); };
    const storage = await Storage.open({
      stored: (ticket) => push({ stored: ticket }),
      failed: (ticket, why) => push({ failed: ticket, why }),
      scanned: (ticket, keys, values, more) => push({ ticket, keys: keys.map((key) => [...key]), values: values.map((value) => [...value]), more }),
    });
    const wait = async () => {
      while (answers.length === 0) await new Promise((resolve) => { wake = resolve; });
      return answers.shift();
    };
    return (${script})(storage, wait);
  })()`);
}

// rows 26, 33, 34
it('keys come back in the order of their bytes, by prefix and behind a key', async () => {
  const { all, behind, page: first } = await inStorage(async (storage, wait) => {
    const bytes = (...list) => new Uint8Array(list);
    storage.store(1, [[bytes(2, 255), bytes(7)], [bytes(1), bytes(9)], [bytes(2, 0), bytes(5)], [bytes(2), bytes(4)], [bytes(3), bytes(8)], [bytes(2, 255, 255), bytes(6)]]);
    storage.commit();
    await wait();
    storage.scan({ ticket: 2, prefix: bytes(2), after: null, limit: 100 });
    const all = await wait();
    storage.scan({ ticket: 3, prefix: bytes(2), after: bytes(2, 0), limit: 100 });
    const behind = await wait();
    storage.scan({ ticket: 4, prefix: bytes(), after: null, limit: 2 });
    return { all, behind, page: await wait() };
  });
  assert.deepEqual(all.keys, [[2], [2, 0], [2, 255], [2, 255, 255]]);
  assert.deepEqual(all.values, [[4], [5], [7], [6]]);
  assert.equal(all.more, false);
  assert.deepEqual(behind.keys, [[2, 255], [2, 255, 255]]);
  assert.deepEqual(first.keys, [[1], [2]], 'as many as the limit of bytes allows');
  assert.equal(first.more, true);
});

// row 34
it('a prefix is deleted with all behind it, and nothing else', async () => {
  const left = await inStorage(async (storage, wait) => {
    const bytes = (...list) => new Uint8Array(list);
    storage.store(1, [[bytes(9, 1), bytes(1)], [bytes(9, 1, 5), bytes(1)], [bytes(9, 2), bytes(1)], [bytes(9, 1)]]);
    storage.commit();
    const stored = await wait();
    storage.scan({ ticket: 2, prefix: bytes(9), after: null, limit: 100 });
    return { stored, found: await wait() };
  });
  assert.deepEqual(left.stored, { stored: 1 });
  assert.deepEqual(left.found.keys, [[9, 2]]);
});

it('writes of one turn are answered in the order of their tickets', async () => {
  const answers = await inStorage(async (storage, wait) => {
    for (let ticket = 1; ticket <= 3; ticket += 1) storage.store(ticket, [[new Uint8Array([8, ticket]), new Uint8Array([ticket])]]);
    storage.commit();
    return [await wait(), await wait(), await wait()];
  });
  assert.deepEqual(answers, [{ stored: 1 }, { stored: 2 }, { stored: 3 }]);
});
