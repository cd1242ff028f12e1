/** A set of listeners, none of whom can hurt the others or the library. */
export class Listeners<Value> {
  readonly #all = new Set<(value: Value) => void>();

  /** Adds one; the answer takes it away again. */
  add(listener: (value: Value) => void): () => void {
    // A wrapper, so that the same function added twice is called twice and taken away once.
    const entry = (value: Value) => listener(value);
    this.#all.add(entry);
    return () => {
      this.#all.delete(entry);
    };
  }

  tell(value: Value): void {
    // A copy: whoever is added meanwhile is told the next time.
    const all = [...this.#all];
    for (const listener of all) {
      try {
        listener(value);
      } catch (error) {
        // Reported as any uncaught error would be, but not from here: the state machine must go on.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
