/** The client: one person's way into the chat, from signing in to the rooms. */
import type { Me } from "#protocol/api.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Person } from "#protocol/person.ts";
import { isRoomId } from "#protocol/room.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Environment } from "./environment.ts";
import { KlatchError } from "./error.ts";
import { Link } from "./link.ts";
import type { Identified, LinkState } from "./link.ts";
import { Listeners } from "./listeners.ts";
import { Outbox } from "./outbox/outbox.ts";
import type { OutboxStore } from "./outbox/outbox-store.ts";
import { People } from "./people.ts";
import { defaultStore } from "./platform/default-store.ts";
import { realEnvironment } from "./platform/real-environment.ts";
import { Rest } from "./rest.ts";
import { Room } from "./room/room.ts";
import type { RoomWire } from "./room/room-context.ts";

export interface KlatchOptions {
  /** Address of the server; default: the page's own origin. */
  readonly url?: string;
  /** A session token, sent as `auth.token` and as Bearer (bots, Node); browsers use the cookie. */
  readonly token?: string;
  /**
   * Who this is, if that is known already; default: the server is asked before the first
   * connection.
   */
  readonly me?: Me;
  /** Where unsent messages survive; default: IndexedDB in a browser, memory elsewhere. */
  readonly store?: OutboxStore;
  /** Clock, timers, chance and connection; default: the real ones. */
  readonly environment?: Environment;
}

export class Klatch {
  readonly #url: string | undefined;
  readonly #environment: Environment;
  readonly #rest: Rest;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #people: People;
  readonly #rooms = new Map<RoomId, Room>();
  readonly #wires = new Map<RoomId, RoomWire>();
  readonly #linkChanges = new Listeners<LinkState>();
  #me: Me | undefined;
  #stopWaking: (() => void) | undefined;

  constructor(options: KlatchOptions = {}) {
    this.#url = options.url?.replace(/\/+$/u, "");
    this.#environment = options.environment ?? realEnvironment;
    this.#rest = new Rest(this.#environment, this.#url, options.token);
    this.#link = new Link(this.#environment, {
      identify: (done) => this.#identify(done),
      onOpen: () => this.#opened(),
      onLost: () => this.#lost(),
      onEvents: (events) => this.#hear(events),
      onState: () => this.#linkChanged(),
    });
    this.#people = new People(this.#environment, this.#link);
    this.#outbox = new Outbox({
      environment: this.#environment,
      link: this.#link,
      store: options.store ?? defaultStore(),
      listener: {
        maySend: (room) => this.#wires.get(room)?.maySend() ?? true,
        onChange: (room) => this.#wires.get(room)?.outboxChanged(),
        onStored: ({ room, cid, text }, { id, date }) => {
          const message = { from: this.#me?.id ?? 0, date, message: text, roomId: room, id, cid };
          this.#wires.get(room)?.stored(message);
        },
      },
    });
    if (options.me !== undefined) this.#become(options.me);
  }

  /** How the link to the server stands. */
  get link(): LinkState {
    return this.#link.state;
  }

  /** Who this is, once known. */
  get me(): Me | undefined {
    return this.#me;
  }

  /** Calls `listener` after each change of `link`; the answer takes it away again. */
  onLink(listener: (link: LinkState) => void): () => void {
    return this.#linkChanges.add(listener);
  }

  /**
   * Makes an account and signs in.
   *
   * @throws KlatchError `name-taken`, `name-not-allowed`, `password-not-allowed`,
   * `too-many-requests`, `offline`, …
   */
  async register(username: string, password: string): Promise<Me> {
    return this.#signedIn(await this.#rest.register({ username, password }));
  }

  /** @throws KlatchError `wrong-credentials`, `too-many-requests`, `offline`, … */
  async signIn(username: string, password: string): Promise<Me> {
    return this.#signedIn(await this.#rest.signIn({ username, password }));
  }

  /**
   * Ends the session, closes, and forgets everything of this person here, unsent messages too: the
   * device may be someone else's. Rooms have to be joined again after the next signing in.
   *
   * @throws KlatchError `offline`, …; then nothing has changed
   */
  async signOut(): Promise<void> {
    try {
      await this.#rest.signOut();
    } catch (error) {
      // Signed out already is what was wanted.
      if (!isNotSignedIn(error)) throw error;
    }
    this.close();
    this.#outbox.forget();
    this.#forget();
  }

  /**
   * Asks the server who this is; `undefined` if nobody is signed in.
   *
   * @throws KlatchError `offline`, …
   */
  async whoAmI(): Promise<Me | undefined> {
    try {
      const me = await this.#rest.me();
      this.#become(me);
      return me;
    } catch (error) {
      if (!isNotSignedIn(error)) throw error;
      if (this.#me !== undefined) this.#forget();
      return undefined;
    }
  }

  /**
   * Opens the link and keeps it open: after every break it comes back by itself, within 20 s of
   * being possible.
   */
  connect(): void {
    this.#stopWaking ??= this.#environment.onWake?.(() => this.#link.wake());
    this.#link.connect();
  }

  /** Ends the link until `connect`. Unsent messages wait. */
  close(): void {
    this.#link.close();
  }

  /** Ends the waiting before the next attempt; on an open link, makes sure that it still is. */
  reconnectNow(): void {
    this.#link.wake();
  }

  /**
   * The room with this id, the same object each time; it hears nothing before its `join`.
   *
   * @throws KlatchError `not-found` if no room can have this id
   */
  room(id: RoomId): Room {
    const known = this.#rooms.get(id);
    if (known !== undefined) return known;
    if (!isRoomId(id)) throw new KlatchError("not-found", "There is no such room.");
    const room = new Room(id, {
      environment: this.#environment,
      link: this.#link,
      outbox: this.#outbox,
      people: this.#people,
      rest: this.#rest,
      me: () => this.#me?.id ?? 0,
      attach: (roomId, wire) => this.#wires.set(roomId, wire),
    });
    this.#rooms.set(id, room);
    return room;
  }

  /**
   * Who has this id, if known here; otherwise the server is asked, and `onPeople` tells when the
   * answer is here.
   */
  person(id: number): Person | undefined {
    return this.#me?.id === id ? this.#me : this.#people.get(id);
  }

  /** Calls `listener` when `person` may have a new answer; the answer takes it away again. */
  onPeople(listener: () => void): () => void {
    return this.#people.changes.add(listener);
  }

  #identify(done: (who: Identified) => void): void {
    if (this.#me !== undefined) done(this.#known(this.#me));
    else void this.#lookUpFor(done);
  }

  async #lookUpFor(done: (who: Identified) => void): Promise<void> {
    done(await this.#lookUp());
  }

  async #lookUp(): Promise<Identified> {
    try {
      const me = await this.#rest.me();
      this.#become(me);
      return this.#known(me);
    } catch (error) {
      if (isNotSignedIn(error)) return { is: "not-signed-in" };
      const retryAfter = error instanceof KlatchError ? error.retryAfter : undefined;
      return retryAfter === undefined ? { is: "unknown" } : { is: "unknown", retryAfter };
    }
  }

  #known(me: Me): Identified {
    return { is: "known", options: { url: this.#url, token: this.#rest.token, user: me.id } };
  }

  #signedIn(me: Me): Me {
    this.#become(me);
    // Signing in ends the session that an open link still stands on.
    const { at } = this.#link.state;
    if (at !== "idle" && at !== "closed") {
      this.#link.close();
      this.connect();
    }
    return me;
  }

  #become(me: Me): void {
    if (this.#me !== undefined && this.#me.id !== me.id) this.#forget();
    this.#me = me;
    this.#outbox.open({ id: me.id, key: `${this.#url ?? ""}#${me.id}` });
  }

  /**
   * Nobody is signed in any more, or someone else: nothing of the last person may stay in memory.
   */
  #forget(): void {
    this.#me = undefined;
    this.#outbox.clear();
    this.#people.clear();
    for (const wire of this.#wires.values()) wire.reset();
  }

  #opened(): void {
    for (const wire of this.#wires.values()) wire.opened();
    this.#people.opened();
    this.#outbox.pump();
  }

  #lost(): void {
    for (const wire of this.#wires.values()) wire.lost();
  }

  /** A frame holds the events of one room. */
  #hear(events: readonly RoomEvent[]): void {
    const room = events[0]?.room;
    if (room !== undefined) this.#wires.get(room)?.hear(events);
  }

  #linkChanged(): void {
    const { at } = this.#link.state;
    if (at === "idle" || at === "closed") {
      this.#stopWaking?.();
      this.#stopWaking = undefined;
    }
    this.#linkChanges.tell(this.#link.state);
  }
}

function isNotSignedIn(error: unknown): boolean {
  return error instanceof KlatchError && error.code === "not-signed-in";
}
