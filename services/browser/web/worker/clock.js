// One monotonic clock that also counts the time that a machine slept, which `performance.now`
// leaves out: after a night the link has to know that it is stale.

/** Milliseconds since the clock was made; never backwards. */
export class Clock {
  #last = 0;
  #wallBase = Date.now();
  #steadyBase = performance.now();

  now() {
    const steady = performance.now() - this.#steadyBase;
    const wall = Date.now() - this.#wallBase;
    // The wall clock may jump when it is set: forwards it counts as sleep, backwards not at all.
    if (wall < steady - 1000) this.#wallBase = Date.now() - steady;
    this.#last = Math.max(this.#last, steady, wall);
    return this.#last;
  }
}
