/**
 * Virtual time: runs tasks in the order of their times, and settles every promise before the next
 * one.
 */

interface Task {
  readonly at: number;
  /** Of two at the same time the older one runs first. */
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

export class Scheduler {
  readonly #heap: Task[] = [];
  #now = 0;
  #count = 0;

  /** Milliseconds since the world began, with fractions. */
  get now(): number {
    return this.#now;
  }

  /** Tasks taken on so far. */
  get count(): number {
    return this.#count;
  }

  /** Runs `run` once after `ms`; the answer takes it back. */
  after(ms: number, run: () => void): () => void {
    const at = this.#now + Math.max(0, ms);
    const task: Task = { at, order: this.#count++, run, isCancelled: false };
    this.#push(task);
    return () => {
      task.isCancelled = true;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /**
   * Runs everything that is due up to `end`. Between two tasks all promises settle: a tick of Node
   * begins only when its queue of microtasks is empty, so no chain of them is ever cut short,
   * however long.
   */
  runUntil(end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settleThenNext = () => {
        process.nextTick(next);
      };
      const next = () => {
        const task = this.#pop(end);
        if (task === undefined) {
          this.#now = end;
          resolve();
          return;
        }
        this.#now = task.at;
        try {
          task.run();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        queueMicrotask(settleThenNext);
      };
      queueMicrotask(settleThenNext);
    });
  }

  #pop(end: number): Task | undefined {
    const heap = this.#heap;
    for (;;) {
      const [top] = heap;
      if (top === undefined || top.at > end) return undefined;
      const last = heap.pop();
      if (last !== undefined && last !== top) this.#sink(last);
      if (!top.isCancelled) return top;
    }
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(task);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = heap[above];
      if (other === undefined || isBefore(other, task)) break;
      heap[at] = other;
      at = above;
    }
    heap[at] = task;
  }

  #sink(task: Task): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const left = heap[below];
      if (left === undefined) break;
      const right = heap[below + 1];
      const first = right !== undefined && isBefore(right, left) ? right : left;
      if (first === right) below++;
      if (isBefore(task, first)) break;
      heap[at] = first;
      at = below;
    }
    heap[at] = task;
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
