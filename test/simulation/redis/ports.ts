/**
 * The core's ports on the model of Redis: each asks one question at a time, over a link that the
 * world may break.
 */
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { comparePositions } from "#protocol/position.ts";
import { userTopic } from "#server/core/delivery/bus.ts";
import type { Account, AccountStore } from "#server/core/people/account-store.ts";
import { sessionEnded } from "#server/core/delivery/events-in.ts";
import type { Cursor } from "#server/core/delivery/cursor.ts";
import type {
  Appended,
  Change,
  Changed,
  Draft,
  Happening,
  MessageLog,
  Missed,
  Slice,
} from "#server/core/delivery/message-log.ts";
import type { SessionId, SessionOwner, SessionStore } from "#server/core/people/session-store.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { MessageAccess, RoomAccess } from "#server/core/access/room-access.ts";
import type { SystemRoomAccess } from "#server/core/access/system-access.ts";
import type { ModelRedis } from "./model-redis.ts";

/** Carries a question to Redis and its answer back; rejects when the link, or Redis, is away. */
export type Ask = <Answer>(question: (redis: ModelRedis) => Answer) => Promise<Answer>;

export class ModelMessageLog implements MessageLog {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  append({ by: from, room }: RoomAccess, draft: Draft): Promise<Appended> {
    return this.#ask((redis) => redis.append({ ...draft, from, room }));
  }

  change({ by, room, message }: MessageAccess, change: Change): Promise<Changed> {
    return this.#ask((redis) => redis.change({ ...change, by, room, message }));
  }

  page({ room, by }: RoomAccess, cursor: Cursor, limit: number): Promise<Slice | undefined> {
    return this.#ask((redis) => redis.page(room, by, cursor, limit));
  }

  missed({ room, by }: RoomAccess, since: Position, limit: number): Promise<Missed> {
    return this.#ask((redis) => redis.missed(room, by, since, limit));
  }

  isMember({ room, by }: RoomAccess): Promise<boolean> {
    return this.#ask((redis) => redis.isMember(room, by));
  }

  head({ room }: RoomAccess | SystemRoomAccess): Promise<Position> {
    return this.#ask((redis) => redis.head(room));
  }

  /**
   * In as many questions as the real one, because what happens between two of them is the point.
   */
  async after(
    of: SystemRoomAccess,
    since: Position,
    limit: number,
  ): Promise<readonly Happening[] | "lost"> {
    const { room } = of;
    const head = await this.head(of);
    if (!(await this.#ask((redis) => redis.isKnown(room, since)))) return "lost";
    const messages = await this.#ask((redis) => redis.messagesAfter(room, since, limit));
    const changes = await this.#ask((redis) => redis.changesAfter(room, since, limit));
    const changed = await Promise.all(
      changes.map(async ({ id, message }): Promise<Happening[]> => {
        const data = await this.#ask((redis) => redis.message(room, message));
        if (data === undefined) return [];
        return [{ type: data.deleted === undefined ? "edit" : "delete", id, data }];
      }),
    );
    const said = messages.map((data): Happening => ({ type: "message", id: data.id, data }));
    // What happened since the head was read may have a hole before it.
    const settled = [...said, ...changed.flat()].filter(
      ({ id }) => comparePositions(id, head) <= 0,
    );
    return settled.sort((a, b) => comparePositions(a.id, b.id)).slice(0, limit);
  }
}

export class ModelSessionStore implements SessionStore {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  create(session: SessionId, user: number): Promise<boolean> {
    return this.#ask((redis) => {
      redis.write({ kind: "session", session, user });
      return true;
    });
  }

  /** Nobody changes a password in these worlds. */
  changePassword(): Promise<boolean> {
    return this.#ask(() => false);
  }

  touch(session: SessionId): Promise<SessionOwner | undefined> {
    return this.#ask(({ data }) => {
      const user = data.sessions.get(session);
      const person = user === undefined ? undefined : data.people.get(user);
      return person && { user: person, role: "member" };
    });
  }

  async end(session: SessionId, user: number): Promise<boolean> {
    const ended = await this.#ask((redis) => {
      if (!redis.data.sessions.has(session)) return false;
      redis.write({ kind: "session", session, user: undefined });
      return true;
    });
    await this.#ask((redis) => {
      redis.publish(userTopic(user), sessionEnded(session));
    });
    return ended;
  }

  alive(sessions: readonly SessionId[]): Promise<readonly boolean[]> {
    return this.#ask(({ data }) => sessions.map((session) => data.sessions.has(session)));
  }
}

/** People by name; whoever asks for a password's hash gets one that fits everything. */
export class ModelAccountStore implements AccountStore {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  create(): Promise<undefined> {
    return this.#ask(() => undefined);
  }

  async isTaken(canonical: string): Promise<boolean> {
    return (await this.find(canonical)) !== undefined;
  }

  find(canonical: string): Promise<Account | undefined> {
    return this.#ask(({ data }) => {
      const person = [...data.people.values()].find(({ username }) => username === canonical);
      return person && { ...person, passwordHash: "", role: "member" };
    });
  }

  passwordHash(): Promise<string | undefined> {
    return this.#ask(() => "");
  }

  rooms({ by: user }: OwnAccess): Promise<readonly RoomId[]> {
    return this.#ask(({ data }) =>
      [...data.rooms].filter(([, { members }]) => members.has(user)).map(([id]) => id),
    );
  }

  search(): Promise<readonly Person[]> {
    return this.#ask(() => []);
  }

  people(ids: readonly number[]): Promise<readonly Person[]> {
    return this.#ask(({ data }) => ids.flatMap((id) => data.people.get(id) ?? []));
  }
}
