/**
 * The session watch: closes this server's connections when their session ends, wherever it was
 * ended.
 */
import type { Session } from "./accounts.ts";
import type { Visit } from "./attendance.ts";
import type { Bus } from "#server/core/delivery/bus.ts";
import { userTopic } from "#server/core/delivery/bus.ts";
import type { Clock } from "#server/core/clock.ts";
import { Repeating } from "#server/core/repeating.ts";
import type { SessionId, SessionStore } from "./session-store.ts";

/** How often every session is looked up again, in case the news of its end was lost. */
const RECHECK_MS = 15_000;
/** Sessions looked up in one go. */
const RECHECK_BATCH = 500;

interface Parts {
  readonly bus: Bus;
  readonly sessions: SessionStore;
  readonly clock: Clock;
  /** Told of each connection. */
  readonly arrive?: (user: number) => Visit;
}

/** A session, whatever its owner may do. */
type Whose = Pick<Session, "id" | "user"> & Partial<Pick<Session, "role">>;

interface WatchedUser {
  readonly sessions: Map<SessionId, Set<() => void>>;
  /** Ready once this server hears what happens to the user. */
  readonly heard: Promise<void>;
}

export class SessionWatch {
  readonly #parts: Parts;
  readonly #users = new Map<number, WatchedUser>();
  readonly #looking: Repeating;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#looking = new Repeating(parts.clock, RECHECK_MS, () => this.recheck());
  }

  /** Starts looking every session up again now and then. */
  start(): void {
    this.#looking.start();
  }

  stop(): void {
    this.#looking.stop();
  }

  /**
   * Calls `onEnd` when the session ends. Resolves once this server hears the user's topic, with the
   * session looked up again after that, so that an end between the two is not missed; to `undefined`
   * if it has already ended. Call `end` when the connection is gone.
   */
  async watch(session: Whose, onEnd: () => void): Promise<Visit | undefined> {
    const user = this.#users.get(session.user.id) ?? this.#open(session.user.id);
    const ends = user.sessions.get(session.id) ?? new Set();
    user.sessions.set(session.id, ends.add(onEnd));
    let visit: Visit | undefined;
    const unwatch = () => {
      visit?.end();
      this.#unwatch(session, onEnd);
    };
    try {
      await user.heard;
      const [isAlive] = await this.#parts.sessions.alive([session.id]);
      if (isAlive === true) {
        // A program is not there as people are: nobody who calls those who are here means it.
        if (session.role !== "bot") visit = this.#parts.arrive?.(session.user.id);
        return { idle: (isIdle) => visit?.idle(isIdle), end: unwatch };
      }
    } catch (error) {
      unwatch();
      throw error;
    }
    unwatch();
    return undefined;
  }

  /** Connections of one user on this server. */
  connectionsOf(user: number): number {
    let count = 0;
    for (const ends of this.#users.get(user)?.sessions.values() ?? []) count += ends.size;
    return count;
  }

  /** From the bus: a session of this user has ended. */
  ended(user: number, id: SessionId): void {
    const ends = this.#users.get(user)?.sessions.get(id);
    if (ends !== undefined) for (const onEnd of ends) onEnd();
  }

  /** Looks every watched session up; does nothing while Redis is away. */
  async recheck(): Promise<void> {
    const watched = [...this.#users].flatMap(([user, { sessions }]) =>
      [...sessions.keys()].map((id) => ({ user, id })),
    );
    for (let i = 0; i < watched.length; i += RECHECK_BATCH) {
      const batch = watched.slice(i, i + RECHECK_BATCH);
      // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two batches
      const alive = await this.#parts.sessions.alive(batch.map(({ id }) => id)).catch(() => []);
      batch.forEach(({ user, id }, at) => {
        if (alive[at] === false) this.ended(user, id);
      });
    }
  }

  #open(user: number): WatchedUser {
    const watched: WatchedUser = {
      sessions: new Map(),
      heard: this.#parts.bus.subscribe(userTopic(user)),
    };
    this.#users.set(user, watched);
    watched.heard.catch(() => {
      if (this.#users.get(user) === watched) this.#users.delete(user);
    });
    return watched;
  }

  #unwatch(session: Whose, onEnd: () => void): void {
    const user = this.#users.get(session.user.id);
    const ends = user?.sessions.get(session.id);
    if (user === undefined || ends === undefined || !ends.delete(onEnd)) return;
    if (ends.size === 0) user.sessions.delete(session.id);
    if (user.sessions.size > 0) return;
    this.#users.delete(session.user.id);
    void this.#parts.bus.unsubscribe(userTopic(session.user.id)).catch(() => {
      // The link is down, and with it the subscription.
    });
  }
}
