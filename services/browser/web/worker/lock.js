// One engine for one browser: two would fight over the same device and the same storage.

const NAME = 'ivm-engine';

/**
 * Returns when this worker holds the engine. If another page holds it, `busy` is called, and the
 * wait goes on until that page is closed or the person takes over. `lost` is called when another
 * page takes over later.
 */
export async function holdEngine(busy, lost) {
  if (!navigator.locks) return;
  if (await request({ ifAvailable: true }, lost)) return;
  busy();
  const taken = new Promise((resolve) => {
    self.addEventListener('message', ({ data }) => {
      if (data.request === 'takeOver') resolve(request({ steal: true }, lost));
    });
  });
  const freed = request({}, lost);
  await Promise.race([taken, freed]);
}

function request(options, lost) {
  return new Promise((resolve) => {
    const held = navigator.locks.request(NAME, options, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
    held.catch(lost);
  });
}
