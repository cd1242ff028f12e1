/**
 * News of people: who calls themselves otherwise, has another picture, is new or gone; told to
 * everybody on every server, gathered for a moment. A hint: who misses it sees it when they ask.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { PeopleNotice } from "#protocol/person.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Bus } from "#server/core/delivery/bus.ts";
import { PEOPLE } from "#server/core/delivery/bus.ts";

/** News of one moment are told together, after this long. */
const GATHER_MS = 500;

interface Parts {
  readonly bus: Pick<Bus, "publish">;
  readonly clock: Clock;
}

export class PeopleNews {
  readonly #parts: Parts;
  readonly #audience: ((notice: PeopleNotice) => void)[] = [];
  readonly #changed = new Set<number>();
  readonly #came = new Set<number>();
  #stop: (() => void) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Hears what is told on this server. */
  addAudience(tell: (notice: PeopleNotice) => void): void {
    this.#audience.push(tell);
  }

  /** This person shows themselves otherwise now, or is gone. */
  changed(user: number): void {
    this.#publish({ changed: [user], came: [] });
  }

  /** This person is new. */
  came(user: number): void {
    this.#publish({ changed: [], came: [user] });
  }

  /** From the bus. */
  heard({ changed, came }: PeopleNotice): void {
    for (const id of changed) this.#changed.add(id);
    for (const id of came) this.#came.add(id);
    this.#stop ??= this.#parts.clock.after(GATHER_MS, () => this.#tell());
  }

  /** What is gathered is not told any more. */
  stop(): void {
    this.#stop?.();
  }

  #publish(notice: PeopleNotice): void {
    // What it is news of is stored; without the news it is seen a little later.
    this.#parts.bus.publish(PEOPLE, JSON.stringify(notice)).catch(() => undefined);
  }

  #tell(): void {
    this.#stop = undefined;
    while (this.#changed.size + this.#came.size > 0) {
      const notice = { changed: taken(this.#changed), came: taken(this.#came) };
      for (const tell of this.#audience) tell(notice);
    }
  }
}

/** As many of them as one question may name, which are then gone from here. */
function taken(ids: Set<number>): readonly number[] {
  const some = [...ids].slice(0, LIMITS.peopleIdsMax);
  for (const id of some) ids.delete(id);
  return some;
}
