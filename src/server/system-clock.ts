/** The real time. */
import type { Clock } from "./core/clock.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  soon: (task) => {
    setImmediate(task);
  },
};
