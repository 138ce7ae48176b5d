// Whom the next message is for.

export class Selection extends EventTarget {
  #engine;
  #chosen = new Set();

  constructor(engine) {
    super();
    this.#engine = engine;
    engine.addEventListener('people', () => this.#forgetTheGone());
  }

  /** GUIDs in the order in which they were chosen. */
  get guids() {
    return [...this.#chosen];
  }

  has(guid) {
    return this.#chosen.has(guid);
  }

  choose(guid, chosen) {
    if (this.#chosen.has(guid) === chosen) return;
    if (chosen) this.#chosen.add(guid);
    else this.#chosen.delete(guid);
    this.#changed();
  }

  /** Exactly these. */
  replace(guids) {
    this.#chosen = new Set(guids);
    this.#changed();
  }

  #forgetTheGone() {
    const before = this.#chosen.size;
    for (const guid of this.#chosen) if (!this.#engine.people.has(guid)) this.#chosen.delete(guid);
    if (this.#chosen.size !== before) this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
