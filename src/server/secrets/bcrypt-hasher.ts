/**
 * Password hashing: bcrypt, as the tutorial stores it, off the main thread and behind a bounded
 * queue.
 */
import { hash, verify } from "@node-rs/bcrypt";
import { LIMITS } from "#protocol/limits.ts";
import type { PasswordHasher } from "#server/core/people/accounts.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { isCommonPassword } from "./common-passwords.ts";

const COST = 12;
/** Hashes at a time: one core is left for the chat wherever there are two. */
const AT_ONCE = 2;
/** Hashes waiting; at 0.2 s each the last one waits about 20 s. */
const WAITING_MAX = 200;

/**
 * bcrypt of nothing anyone knows, at the cost of real ones: an unknown name takes as long as a
 * wrong password.
 */
const NOBODY = "$2b$12$KhTxGHbeb6.zZNFD1ljNxej8hYz030AI9SdoyeqHE1wcEzHB8V1se";

export class BcryptHasher implements PasswordHasher {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  async hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, { cost: COST, rejectLongPasswords: true }));
  }

  async verify(password: string, stored: string | undefined): Promise<boolean> {
    // Longer ones were never accepted, and bcrypt would ignore what is beyond the bound.
    const fits = Buffer.byteLength(password) <= LIMITS.passwordBytesMax && !password.includes("\0");
    const isRight = await this.#inTurn(() => verify(fits ? password : "", stored ?? NOBODY));
    return isRight && fits && stored !== undefined;
  }

  isCommon(password: string): boolean {
    return isCommonPassword(password);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING_MAX) {
        throw new ChatError("busy", "Very many people are signing in. Please try again.", 10_000);
      }
      await new Promise<void>((turn) => {
        this.#waiting.push(turn);
      });
    }
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}
