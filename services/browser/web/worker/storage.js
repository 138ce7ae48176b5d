// The engine's storage: an ordered map from bytes to bytes in IndexedDB. Writes of one turn share
// one strict transaction, so that they are on disk, all or none, before the engine hears of it.

const DATABASE = 'ivm';
const STORE = 'records';

export class Storage {
  #database;
  #on;
  #tickets = [];
  #writes = [];

  /** Opens the database. `on` is told `stored`, `failed`, `scanned` and `unreadable`. */
  static async open(on) {
    return new Storage(await openDatabase(), on);
  }

  constructor(database, on) {
    this.#database = database;
    this.#on = on;
    database.onversionchange = () => database.close();
  }

  /** Adds to the transaction of this turn. */
  store(ticket, writes) {
    this.#tickets.push(ticket);
    this.#writes.push(...writes);
  }

  /** Carries out what was added since the last time. */
  commit() {
    if (this.#tickets.length === 0) return;
    const tickets = this.#tickets;
    const writes = this.#writes;
    this.#tickets = [];
    this.#writes = [];
    const failed = (error) => {
      for (const ticket of tickets) this.#on.failed(ticket, inWords(error));
    };
    try {
      const transaction = this.#database.transaction(STORE, 'readwrite', { durability: 'strict' });
      const records = transaction.objectStore(STORE);
      for (const [key, value] of writes) {
        if (value === undefined) records.delete(startingWith(key));
        else records.put(value, key);
      }
      transaction.oncomplete = () => {
        for (const ticket of tickets) this.#on.stored(ticket);
      };
      transaction.onabort = () => failed(transaction.error);
    } catch (error) {
      queueMicrotask(() => failed(error));
    }
  }

  /** Reads records in order, behind the writes that went before. */
  scan({ ticket, prefix, after, limit }) {
    this.commit();
    const keys = [];
    const values = [];
    const done = (more) => this.#on.scanned(ticket, keys, values, more);
    const range = startingWith(prefix, after);
    if (range === null) {
      queueMicrotask(() => done(false));
      return;
    }
    let size = 0;
    const request = this.#database.transaction(STORE, 'readonly').objectStore(STORE).openCursor(range);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return done(false);
      if (size > 0 && size + cursor.value.byteLength > limit) return done(true);
      keys.push(new Uint8Array(cursor.key));
      values.push(cursor.value);
      size += Math.max(1, cursor.value.byteLength);
      return cursor.continue();
    };
    request.onerror = () => this.#on.unreadable();
  }
}

/** The range of all keys that start with `prefix`, behind `after` if given; null if it is empty. */
function startingWith(prefix, after = null) {
  const end = behind(prefix);
  if (after !== null) {
    if (end === null) return IDBKeyRange.lowerBound(after, true);
    return indexedDB.cmp(after, end) < 0 ? IDBKeyRange.bound(after, end, true, true) : null;
  }
  return end === null ? IDBKeyRange.lowerBound(prefix) : IDBKeyRange.bound(prefix, end, false, true);
}

/** The first key behind all that start with `prefix`; null if there is none. */
function behind(prefix) {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 255) length -= 1;
  if (length === 0) return null;
  const end = prefix.slice(0, length);
  end[length - 1] += 1;
  return end;
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onblocked = () => reject(new Error('Another page of IVM is being updated. Close it and try again.'));
    request.onerror = () => reject(new Error('This browser does not let IVM store messages. Is it a private window?'));
  });
}

function inWords(error) {
  if (error?.name === 'QuotaExceededError') return 'the disk space for this page is used up';
  return error?.message ?? 'the storage failed';
}
