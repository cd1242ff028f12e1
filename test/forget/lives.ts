/**
 * How long each key of the forgetful Redis may live, which is told in docs/forgetting.md; and a
 * sampler that looks at all of them, again and again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { RedisClientType } from "@redis/client";
import type { Kind } from "./canaries.ts";
import { allKeys } from "./places.ts";

const S = 1000;
const MIN = 60 * S;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;

export interface Life {
  /** How the key begins, after `{lobby}:`. */
  readonly key: string;
  /** Longest life left at any time, in ms. */
  readonly maxMs: number;
  /** What of a person's it holds, as random ids. */
  readonly ids: readonly Kind[];
  /** Whether it may still be there when everybody has been gone for 90 seconds. */
  readonly stays: boolean;
  readonly holds: string;
}

/** What is gone with those whom it is about. The first of all that fits counts. */
const WITH_THEM = [
  ["stranger:", MIN, ["uid", "pair"], "somebody who is here: random ids, digests"],
  ["queue:", 30 * S, ["uid"], "who waits: random ids"],
  ["avoid:", 62 * S, ["uid"], "whom one does not meet (again): random ids"],
  ["past:", MIN, ["uid", "pair"], "a chat that has just ended, to be reported"],
] as const;

/** What may outlast everybody: numbers, keys, keyed digests, and ids that mean nothing. */
const BEYOND_THEM = [
  ["strain:stranger:", 130 * MIN, ["uid"], "how much a random id asks"],
  ["strain:network:", 130 * MIN, [], "how much a network asks, as a keyed digest"],
  ["throttle:", HOUR, [], "how often a network comes, as a keyed digest"],
  ["reporters:", HOUR, [], "who reported a network, as keyed digests"],
  ["spent:", 2 * MIN, [], "a challenge that was answered"],
  ["waits", 10 * MIN, [], "how long the last fifty waited, without who"],
  ["count:", 25 * HOUR, [], "numbers of an hour"],
  ["trace:", 3 * DAY, [], "for a ban: the digest of a reported network"],
  ["ban:", 7 * DAY, [], "a ban: the digest of a network"],
  ["bans", 7 * DAY, [], "the bans in their order"],
  ["secret:bans:", 7 * DAY, [], "the salt of a day's bans"],
  ["secret:interests", DAY, [], "the key of the interests' digests"],
  ["secret:reports", DAY, [], "the key of the reports' ids"],
  ["secret:proofs", DAY, [], "the key of the challenges"],
  ["secret:", 2 * DAY, [], "keys of digests and stamps"],
  ["servers", MIN, [], "the servers"],
  ["server:", 8 * S, [], "a server lives"],
  ["era", MIN, [], "a number for all that is here"],
] as const;

export const LIVES: readonly Life[] = [
  ...WITH_THEM.map(([key, maxMs, ids, holds]) => ({ key, maxMs, ids, holds, stays: false })),
  ...BEYOND_THEM.map(([key, maxMs, ids, holds]) => ({ key, maxMs, ids, holds, stays: true })),
];

export function lifeOf(key: string): Life | undefined {
  const name = key.replace(/^\{lobby\}:/u, "");
  return LIVES.find((each) => name.startsWith(each.key));
}

/** Looks at every key's end, over and over, until it is stopped. */
export class Sampler {
  readonly #link: RedisClientType;
  readonly problems = new Set<string>();
  looks = 0;
  keys = 0;
  #isOver = false;
  #work: Promise<void>;

  constructor(link: RedisClientType, everyMs = 200) {
    this.#link = link;
    this.#work = this.#run(everyMs);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  /** One look at all keys. */
  async look(): Promise<void> {
    const keys = await allKeys(this.#link);
    const ends = await Promise.all(keys.map((key) => this.#link.pTTL(key)));
    this.looks++;
    for (const [at, key] of keys.entries()) {
      const endMs = ends[at] ?? -2;
      // It has ended since it was named.
      if (endMs === -2) continue;
      this.keys++;
      const maxMs = lifeOf(key)?.maxMs;
      if (maxMs === undefined) this.problems.add(`${key} is not in the table`);
      else if (endMs === -1) this.problems.add(`${key} has no end`);
      else if (endMs > maxMs) this.problems.add(`${key} lives ${endMs} ms`);
    }
  }

  async #run(everyMs: number): Promise<void> {
    while (!this.#isOver) {
      // Redis may just be killed, on purpose.
      await this.look().catch(() => undefined);
      await sleep(everyMs);
    }
  }
}
