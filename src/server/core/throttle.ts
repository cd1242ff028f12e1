/** The throttle: how often something may be tried, counted across all servers (port). */

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

/** Guessing one account's password, from anywhere. */
export const SIGN_IN_PER_ACCOUNT: Rate = { burst: 5, everyMs: 30_000 };
/** Guessing from one address, over all accounts. */
export const SIGN_IN_PER_ADDRESS: Rate = { burst: 30, everyMs: 5_000 };
/** Rooms, and private chats, that one person makes. */
export const ROOMS_PER_USER: Rate = { burst: 10, everyMs: 360_000 };
export const CHATS_PER_USER: Rate = { burst: 30, everyMs: 60_000 };
/** What is posted to one webhook. */
export const POSTS_PER_WEBHOOK: Rate = { burst: 30, everyMs: 1_000 };
/** Accounts made from one address: a class or an office behind one address must pass. */
export const ACCOUNTS_PER_ADDRESS: Rate = { burst: 100, everyMs: 30_000 };
