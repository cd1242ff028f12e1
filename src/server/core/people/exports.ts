/**
 * Exports: a copy of all that is one's own, as one JSON file, made piece by piece while it is sent,
 * so that it takes no more memory for who has said more.
 */
import type { RoomId } from "#protocol/room.ts";
import { START } from "#protocol/position.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { EXPORTS_PER_USER, mustBeSlower } from "#server/core/throttle.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import type { Session } from "./accounts.ts";
import type { OwnStep, OwnStore } from "./own-store.ts";
import type { Profiles } from "./profiles.ts";
import type { SessionStore } from "./session-store.ts";
import type { Sessions } from "./sessions.ts";

interface Parts {
  readonly own: OwnStore;
  readonly profiles: Pick<Profiles, "profile">;
  readonly sessions: Pick<Sessions, "list">;
  readonly rooms: Pick<Rooms, "list">;
  readonly store: Pick<SessionStore, "alive">;
  readonly throttle: Throttle;
  readonly clock: Clock;
}

export class Exports {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * The file in pieces. Refuses with `too-many-requests` before the first; breaks off, with an error,
   * when the session ends meanwhile, or Redis is away.
   */
  async open(session: Session): Promise<AsyncIterable<string>> {
    const what = "exports";
    await mustBeSlower(this.#parts.throttle, `export:${session.user.id}`, EXPORTS_PER_USER, what);
    return this.#pieces(session);
  }

  async *#pieces(session: Session): AsyncGenerator<string> {
    const { own, profiles, sessions, rooms, clock } = this.#parts;
    const { user, role } = session;
    yield `{"profile":${JSON.stringify(await profiles.profile(user, user.id))},"role":"${role}"`;
    yield `,"exported":${Math.floor(clock.now() / 1000)}`;
    yield `,"sessions":${JSON.stringify((await sessions.list(session)).sessions)}`;
    const found = (await rooms.list(user)).rooms.map((each) => {
      const { last: _, ...room } = each;
      return room;
    });
    yield `,"rooms":${JSON.stringify(found)}`;
    const access = accessOwn(user);
    const { blocks, preferences } = await own.settings(access);
    yield `,"blocks":${JSON.stringify(blocks)},"preferences":${JSON.stringify(preferences)}`;
    const ids = await own.rooms(access);
    yield ',"reads":{';
    yield* listed(this.#reads(session, ids));
    yield '},"messages":[';
    yield* listed(this.#each(session, ids, ({ messages }) => messages));
    yield '],"reactions":[';
    yield* listed(this.#each(session, ids, ({ reactions }) => reactions));
    yield "]}\n";
  }

  async *#reads({ user }: Session, ids: readonly RoomId[]): AsyncGenerator<string> {
    for (const id of ids) {
      // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two pieces
      const read = await this.#parts.own.read(accessRoom(user, id));
      if (read !== undefined) yield `"${id}":"${read}"`;
    }
  }

  /** What each step through the rooms finds. Whoever is signed out gets nothing more. */
  async *#each(
    session: Session,
    ids: readonly RoomId[],
    pick: (step: OwnStep) => readonly unknown[],
  ): AsyncGenerator<string> {
    const { own, store } = this.#parts;
    for (const id of ids) {
      for (let after: string | undefined = START; after !== undefined;) {
        // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two pieces
        const [isAlive] = await store.alive([session.id]);
        if (isAlive !== true) throw new ChatError("not-signed-in", "You have been signed out.");
        // oxlint-disable-next-line no-await-in-loop -- because each begins where the last one ended
        const step: OwnStep = await own.step(accessRoom(session.user, id), after);
        for (const thing of pick(step)) yield JSON.stringify(thing);
        after = step.next;
      }
    }
  }
}

/** With a comma between each two. */
async function* listed(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let comma = "";
  for await (const piece of pieces) {
    yield `${comma}${piece}\n`;
    comma = ",";
  }
}
