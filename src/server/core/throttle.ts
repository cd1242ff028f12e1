/** The throttle: how often something may be tried, counted across all servers (port). */
import { LIMITS } from "#protocol/limits.ts";
import { ChatError } from "./chat-error.ts";

export interface Rate {
  /** Tries that may come at once. */
  readonly burst: number;
  /** Milliseconds after which one more is allowed. */
  readonly everyMs: number;
}

export interface Throttle {
  /** Takes one try; 0 if allowed, else milliseconds to wait. A refused try costs nothing. */
  take(subject: string, rate: Rate): Promise<number>;
  /** Forgets the tries of this subject. */
  clear(subject: string): Promise<void>;
}

/** Takes one try, or refuses with `too-many-requests`. `what` are the tries, in words. */
export async function mustBeSlower(
  throttle: Throttle,
  subject: string,
  rate: Rate,
  what: string,
): Promise<void> {
  const waitMs = await throttle.take(subject, rate);
  if (waitMs === 0) return;
  const [count, unit] = inWords(waitMs);
  const wait = `Please wait ${count} ${unit}${count === 1 ? "" : "s"}.`;
  throw new ChatError("too-many-requests", `Too many ${what}. ${wait}`, waitMs);
}

function inWords(ms: number): readonly [count: number, unit: string] {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return [seconds, "second"];
  if (seconds < 7_200) return [Math.ceil(seconds / 60), "minute"];
  if (seconds < 172_800) return [Math.ceil(seconds / 3_600), "hour"];
  return [Math.ceil(seconds / 86_400), "day"];
}

/** Guessing one account's password, from anywhere. */
export const SIGN_IN_PER_ACCOUNT: Rate = { burst: 5, everyMs: 30_000 };
/** Guessing from one address, over all accounts. */
export const SIGN_IN_PER_ADDRESS: Rate = { burst: 30, everyMs: 5_000 };
/** Rooms, and private chats, that one person makes. */
export const ROOMS_PER_USER: Rate = { burst: 10, everyMs: 360_000 };
export const CHATS_PER_USER: Rate = { burst: 30, everyMs: 60_000 };
/** Messages one person reports. */
export const REPORTS_PER_USER: Rate = {
  burst: LIMITS.reportsPerHour,
  everyMs: 3_600_000 / LIMITS.reportsPerHour,
};
/** Changes of one's profile and picture, and of the name: each of these keeps a name from others. */
export const PROFILES_PER_USER: Rate = { burst: 30, everyMs: 10_000 };
export const PICTURES_PER_USER: Rate = { burst: 10, everyMs: 60_000 };
export const NAMES_PER_USER: Rate = { burst: 3, everyMs: 7 * 24 * 3_600_000 };
/** Sign-in links that one person makes. */
export const LINKS_PER_USER: Rate = { burst: 10, everyMs: 60_000 };
/** Copies of all one's things. */
export const EXPORTS_PER_USER: Rate = { burst: 3, everyMs: 20 * 60_000 };
/** What is posted to one webhook. */
export const POSTS_PER_WEBHOOK: Rate = { burst: 30, everyMs: 1_000 };
/** Accounts made from one address: a class or an office behind one address must pass. */
export const ACCOUNTS_PER_ADDRESS: Rate = { burst: 100, everyMs: 30_000 };
