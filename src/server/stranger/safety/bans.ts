/**
 * Bans of networks that nobody can trace back: what is kept is a digest under a salt of its day, and
 * when that is deleted, no address can be found in it any more.
 */
import { createHmac } from "node:crypto";
import type { StrangerReportReason } from "#protocol/stranger.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import { networkOf } from "#server/stranger/secrets.ts";
import type { Secrets } from "#server/stranger/secrets.ts";
import type { Mark, SafetyStore } from "./safety-store.ts";

const DAY_MS = 24 * 3600_000;
/** A salt that no report needs is deleted after this. */
const SALT_MS = 2 * DAY_MS;
/** Three days for a report, seven for a ban: none of an earlier day can still be there. */
const OLDEST_DAYS = 12;

/** The name of a day's salt among the secrets. */
export const saltName = (day: number) => `bans:${day}`;

interface Parts {
  readonly secrets: Pick<Secrets, "key">;
  readonly store: Pick<SafetyStore, "salts" | "banOf">;
  readonly clock: Clock;
}

export class Bans {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What an address looks like under each salt that is left; today's first. */
  async marks(address: string): Promise<readonly [Mark, ...Mark[]]> {
    const { secrets, store, clock } = this.#parts;
    const today = Math.floor(clock.now() / DAY_MS);
    const earlier = Array.from({ length: OLDEST_DAYS }, (_, at) => today - 1 - at);
    const [salt, salts] = await Promise.all([
      secrets.key(saltName(today), SALT_MS),
      store.salts(earlier),
    ]);
    const network = networkOf(address);
    const rest = earlier.flatMap((day, at) => {
      const old = salts[at];
      return old === undefined ? [] : [markOf(day, old, network)];
    });
    return [markOf(today, salt, network), ...rest];
  }

  /** Refuses who is banned, with the reason and the end. */
  async mustNotBe(marks: readonly Mark[]): Promise<void> {
    const ban = await this.#parts.store.banOf(marks);
    if (ban === undefined) return;
    const words =
      `Somebody on your network was reported for ${WORDS[ban.reason]}, and whoever runs this ` +
      `Klatch keeps it from meeting strangers until ${momentOf(ban.until * 1000)}.`;
    const leftMs = ban.until * 1000 - this.#parts.clock.now();
    throw new ChatError("strangers-banned", words, Math.max(1, leftMs), ban.until);
  }
}

function markOf(day: number, salt: Buffer, network: string): Mark {
  return {
    day,
    digest: createHmac("sha256", salt).update(network).digest("base64url").slice(0, 22),
  };
}

const WORDS: Readonly<Record<StrangerReportReason, string>> = {
  minor: "being a minor or endangering one",
  threat: "threats",
  sexual: "unwanted sexual content",
  hate: "hate",
  spam: "spam",
  other: "how they behaved",
};

/** A moment in words that mean the same everywhere. */
export function momentOf(ms: number): string {
  const words = new Date(ms).toISOString();
  return `${words.slice(0, 10)} ${words.slice(11, 16)} UTC`;
}
