/**
 * Leaving for good: an account is gone at once; what its person said, and where they were, is
 * cleared up afterwards, by whichever server is there.
 */
import type { Farewell } from "#protocol/own.ts";
import { canonicalUsername } from "#protocol/username.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import { Repeating } from "#server/core/repeating.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { SIGN_IN_PER_ACCOUNT, mustBeSlower } from "#server/core/throttle.ts";
import type { AccountStore } from "./account-store.ts";
import type { PasswordHasher, Session } from "./accounts.ts";
import type { PeopleNews } from "./people-news.ts";
import type { LeavingStore } from "./leaving-store.ts";

/** How often servers look for what one that died has left undone. */
const LOOK_MS = 15_000;

interface Parts {
  readonly leaving: LeavingStore;
  readonly accounts: Pick<AccountStore, "passwordHash">;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  /** Who clears up after somebody who is no more. */
  readonly system: SystemAccess;
  readonly clock: Clock;
  readonly news: Pick<PeopleNews, "changed">;
}

export class Leaving {
  readonly #parts: Parts;
  readonly #looking: Repeating;
  #working: Promise<void> | undefined;
  #isOver = true;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#looking = new Repeating(parts.clock, LOOK_MS, () => this.work());
  }

  /** Begins to clear up, also what others have left undone. */
  start(): void {
    this.#isOver = false;
    this.#looking.start();
    void this.work();
  }

  /** Resolves when nothing is under way any more; another server goes on. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#looking.stop();
    await this.#working;
  }

  /**
   * Deletes the account of who knows its password. Throws `wrong-password`, `too-many-requests`, or
   * `not-allowed` for the last owner, and then nothing has changed.
   */
  async leave({ user }: Pick<Session, "user">, { password, messages }: Farewell): Promise<void> {
    const { leaving, accounts, hasher, throttle } = this.#parts;
    const own = accessOwn(user);
    const what = "tries to delete the account";
    await mustBeSlower(throttle, `password:${user.id}`, SIGN_IN_PER_ACCOUNT, what);
    const passwordHash = await accounts.passwordHash(own);
    if (passwordHash === undefined || !(await hasher.verify(password, passwordHash))) {
      throw new ChatError("wrong-password", "That is not your present password.");
    }
    const canonical = canonicalUsername(user.username);
    switch (await leaving.leave(own, { passwordHash, canonical, messages })) {
      case "done":
        this.#parts.news.changed(user.id);
        void this.work();
        return;
      case "raced":
        throw new ChatError(
          "wrong-password",
          "Your password or name has just been changed elsewhere.",
        );
      case "last-owner":
        throw new ChatError(
          "not-allowed",
          "You are the last owner of this Klatch. Please name another owner first.",
        );
    }
  }

  /** Clears up for everybody who has left; does nothing while Redis is away. One at a time. */
  work(): Promise<void> {
    this.#working ??= this.#clearUp()
      .catch(() => undefined)
      .finally(() => {
        this.#working = undefined;
      });
    return this.#working;
  }

  async #clearUp(): Promise<void> {
    for (let isDone = true; isDone && !this.#isOver;) {
      // oxlint-disable-next-line no-await-in-loop -- because one after the other is gentle to Redis
      isDone = await this.#clearUpForOne();
    }
  }

  /** `false` if there is nobody, or it was not finished. */
  async #clearUpForOne(): Promise<boolean> {
    const { leaving, system } = this.#parts;
    const left = await leaving.claim(system);
    if (left === undefined) return false;
    const { user, messages } = left;
    const rooms = await leaving.rooms(system, user);
    for (const room of rooms) {
      // oxlint-disable-next-line no-await-in-loop -- because one after the other is gentle to Redis
      await leaving.leaveRoom(system, user, room);
    }
    // Only now: who is in no room any more says nothing new.
    for (const room of messages === "remove" ? rooms : []) {
      // oxlint-disable-next-line no-await-in-loop -- because one after the other is gentle to Redis
      while (await leaving.erase(system, user, room)) if (this.#isOver) return false;
    }
    await leaving.finish(system, user);
    return true;
  }
}
