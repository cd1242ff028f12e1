/**
 * Presence across the bridge: who is online at servers of other kinds, as far as there is evidence,
 * and what they are told of those who are online here.
 */
import type { Person } from "#protocol/person.ts";
import type { PresenceChange } from "#protocol/presence.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Presence } from "#server/core/people/presence.ts";
import type { PresenceStore } from "#server/core/people/presence-store.ts";
import type { Hint } from "./envelope.ts";
import { writeEnvelope } from "./envelope.ts";
import type { ForeignPresenceStore } from "./foreign-presence-store.ts";
import { FOREIGN } from "./foreign-presence-store.ts";

/** A server of another kind that says nothing for so long is taken for gone … */
export const SILENT_MS = 30 * 60_000;
/** … and all of them, when for so long nobody but Klatch has listened on the channel. */
export const DESERTED_MS = 20_000;
/** Servers of other kinds that are told apart; of more, all are one. */
const SERVERS_MAX = 100;
const SERVER_CHARS_MAX = 100;
/** Somewhere, nobody says where: only the set of all has them. */
const SOMEWHERE = FOREIGN;

interface Parts {
  readonly serverId: string;
  /** As this server is called on the channel. */
  readonly nameThere: string;
  readonly system: SystemAccess;
  readonly store: ForeignPresenceStore;
  /** Where who is online is kept, and who is not away. */
  readonly kept: readonly Pick<PresenceStore, "report" | "registered">[];
  readonly presence: Pick<Presence, "has" | "addAudience">;
  readonly people: (ids: readonly number[]) => Promise<readonly Person[]>;
  /** Whether there is such a person; who has no account yet at Klatch gets what it takes. */
  readonly isPerson: (user: number) => Promise<boolean>;
  readonly clock: Clock;
}

interface ForeignServer {
  /** When it was heard last, in ms of the clock. */
  heard: number;
  /** Whom this server has reported there. */
  readonly people: Set<number>;
}

export class ForeignPresence {
  readonly #parts: Parts;
  readonly #servers = new Map<string, ForeignServer>();
  #desertedSince: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.presence.addAudience((change) => void this.#announce(change));
  }

  /** Those that hold a lease from before this server came may be alive. */
  async start(): Promise<void> {
    const { store, system } = this.#parts;
    for (const name of await store.servers(system)) this.#server(name);
  }

  /** An event of a server of another kind. Does nothing while Redis is away. */
  async heard(server: string, hint: Hint): Promise<void> {
    const name = this.#nameOf(server);
    const { people } = this.#server(name);
    const user = hint.type === "message" ? hint.from : "user" in hint ? hint.user : undefined;
    if (user === undefined) return;
    if (hint.type === "user.disconnected") {
      people.delete(user);
      await this.#left(name, user);
      return;
    }
    if (people.has(user) || !(await this.#parts.isPerson(user))) return;
    people.add(user);
    await this.#report(name, { came: [user], left: [] });
  }

  /** Renews, mends and forgets; to be done every few seconds, more often than a lease runs out. */
  async look(): Promise<void> {
    const { store, system, serverId, clock } = this.#parts;
    const listeners = await store.beat(system, serverId);
    await store.mend(system, serverId);
    const now = clock.now();
    this.#desertedSince = listeners > 0 ? undefined : (this.#desertedSince ?? now);
    if (this.#desertedSince !== undefined && now - this.#desertedSince >= DESERTED_MS) {
      this.#servers.clear();
    }
    if (listeners > 0) await this.#lookSomewhere();
    for (const [name, { heard, people }] of this.#servers) {
      if (now - heard > SILENT_MS) {
        this.#servers.delete(name);
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two of them
      const left = await store.takenOut(system, name);
      for (const user of left) people.delete(user);
      // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two of them
      await this.#report(name, { came: [], left });
    }
    for (const user of await store.toldGone(system)) {
      // oxlint-disable-next-line no-await-in-loop -- because there are few
      await this.#tell(user, "off");
    }
  }

  /** Who was put into the set and not told of, or by a server that is gone since. */
  async #lookSomewhere(): Promise<void> {
    const { store, system, isPerson } = this.#parts;
    const found = await store.unclaimed(system);
    const are = await Promise.all(found.map(isPerson));
    const came = found.filter((_, at) => are[at] === true);
    if (came.length === 0) return;
    const { people } = this.#server(SOMEWHERE);
    for (const user of came) people.add(user);
    await this.#report(SOMEWHERE, { came, left: [] });
  }

  async #left(name: string, user: number): Promise<void> {
    const { store, system, serverId, presence } = this.#parts;
    this.#servers.get(SOMEWHERE)?.people.delete(user);
    await this.#report(name, { came: [], left: [user] });
    if (this.#servers.has(SOMEWHERE)) await this.#report(SOMEWHERE, { came: [], left: [user] });
    if (!presence.has(user)) return;
    // It has taken them out of the set, and told everybody; but they are here.
    await store.mend(system, serverId);
    await this.#tell(user, "again");
  }

  async #announce({ online, offline }: PresenceChange): Promise<void> {
    try {
      const here = online.filter((user) => this.#parts.presence.has(user));
      await Promise.all([
        ...here.map((user) => this.#tell(user, "on")),
        ...offline.map((user) => this.#tell(user, "off")),
      ]);
    } catch {
      // Redis is away: who came is said at the next change, who is gone at the next look.
    }
  }

  async #tell(user: number, how: "on" | "off" | "again"): Promise<void> {
    const { store, system, nameThere, people } = this.#parts;
    const [person] = await people([user]);
    const isOnline = how !== "off";
    const type = isOnline ? ("user.connected" as const) : ("user.disconnected" as const);
    const data = { id: String(user), username: person?.username ?? "", online: isOnline };
    await store.tell(system, user, how, writeEnvelope(nameThere, type, data));
  }

  async #report(name: string, movement: { came: readonly number[]; left: readonly number[] }) {
    await Promise.all(this.#parts.kept.map((each) => each.report(name, movement)));
  }

  #nameOf(server: string): string {
    const name = FOREIGN + server;
    if (server.length > SERVER_CHARS_MAX) return SOMEWHERE;
    return this.#servers.has(name) || this.#servers.size < SERVERS_MAX ? name : SOMEWHERE;
  }

  #server(name: string): ForeignServer {
    const now = this.#parts.clock.now();
    const server = this.#servers.get(name) ?? { heard: now, people: new Set() };
    server.heard = now;
    this.#servers.set(name, server);
    return server;
  }
}
