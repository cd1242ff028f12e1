/** The client: one person's way into the chat, from signing in to the rooms. */
import type { Me } from "#protocol/api.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Person } from "#protocol/person.ts";
import { isRoomId } from "#protocol/room.ts";
import type { RoomId } from "#protocol/room.ts";
import type { ConnectOptions, Environment } from "./environment.ts";
import { KlatchError } from "./error.ts";
import type { Ground, Heard } from "./extension.ts";
import { Link } from "./link.ts";
import type { Failure, LinkState } from "./link.ts";
import { Listeners } from "./listeners.ts";
import { Outbox } from "./outbox/outbox.ts";
import type { OutboxStore } from "./outbox/outbox-store.ts";
import { People } from "./people.ts";
import { defaultStore } from "./platform/default-store.ts";
import { checkUrl, realEnvironment } from "./platform/real-environment.ts";
import { Rest } from "./rest.ts";
import { Room } from "./room/room.ts";
import type { RoomWire } from "./room/room-context.ts";

export interface KlatchOptions {
  /**
   * Address of the server, with `http://` or `https://`; default: the page's own origin. Outside of
   * a page it has to be given.
   */
  readonly url?: string;
  /** A session token, sent as `auth.token` and as Bearer (bots, Node); browsers use the cookie. */
  readonly token?: string;
  /**
   * Who this is, if that is known already; default: the server is asked before the first
   * connection.
   */
  readonly me?: Person;
  /** Where unsent messages survive; default: IndexedDB in a browser, memory elsewhere. */
  readonly store?: OutboxStore;
  /** Clock, timers, chance and connection; default: the real ones. */
  readonly environment?: Environment;
}

export class Klatch {
  /** Empty for the page's own origin. */
  readonly #url: string;
  readonly #environment: Environment;
  readonly #rest: Rest;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #people: People;
  readonly #rooms = new Map<RoomId, Room>();
  readonly #wires = new Map<RoomId, RoomWire>();
  readonly #heard = new Listeners<Heard>();
  readonly #linkChanges = new Listeners<LinkState>();
  #me: Person | undefined;
  #stopWaking: (() => void) | undefined;

  /** @throws TypeError if there is no address of a server */
  constructor(options: KlatchOptions = {}) {
    this.#url = options.url?.replace(/\/+$/u, "") ?? "";
    this.#environment = options.environment ?? realEnvironment;
    if (options.environment === undefined) checkUrl(this.#url);
    this.#rest = new Rest(this.#environment, this.#url, options.token);
    this.#link = new Link(this.#environment, {
      identify: (dial, fail) => void this.#identify(dial, fail),
      onOpen: () => this.#resume(),
      onLost: () => this.#lost(),
      onEvents: (events) => this.#hear(events),
      onNotice: (notice) => this.#heard.tell(notice),
      onState: () => this.#linkChanged(),
    });
    this.#people = new People(this.#environment, this.#link);
    const store = options.store ?? defaultStore();
    this.#outbox = new Outbox(this.#environment, this.#link, store, (id) => this.#wires.get(id));
    if (options.me !== undefined) this.#become(options.me);
  }

  /** How the link to the server stands. */
  get link(): LinkState {
    return this.#link.state;
  }

  /** Who this is, once known. */
  get me(): Person | undefined {
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
    return this.#signedIn(await this.#rest.enter("/api/accounts", { username, password }));
  }

  /** @throws KlatchError `wrong-credentials`, `too-many-requests`, `offline`, … */
  async signIn(username: string, password: string): Promise<Me> {
    return this.#signedIn(await this.#rest.enter("/api/session", { username, password }));
  }

  /**
   * Ends the session, closes, and forgets everything of this person here, unsent messages too: the
   * device may be someone else's. Rooms have to be joined again after the next signing in.
   *
   * @throws KlatchError `offline`, …; then nothing has changed
   */
  async signOut(): Promise<void> {
    // Signed out already is what was wanted.
    await this.#rest.signOut().catch(passNotSignedIn);
    this.#rest.token = undefined;
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
    const me = await this.#rest.me().catch(passNotSignedIn);
    if (me !== undefined) return this.#become(me);
    if (this.#me !== undefined) this.#forget();
    return undefined;
  }

  /**
   * Opens the link and keeps it open: after every break it comes back by itself, within 20 s of
   * being possible.
   */
  connect(): void {
    this.#stopWaking ??= this.#environment.onWake?.(() => this.reconnectNow());
    this.#link.connect();
  }

  /** Ends the link, and all that keeps a program running, until `connect`. Unsent messages wait. */
  close(): void {
    this.#link.close();
  }

  /**
   * Ends all waiting before a next attempt, as the library does by itself when the network is back.
   * An open link is checked, and what waits to be sent goes at once.
   */
  reconnectNow(): void {
    this.#link.wake();
    if (this.#link.isOpen) this.#resume();
  }

  /**
   * The room with this id, the same object each time; `"0"` is General. It hears nothing before its
   * `join`.
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

  /**
   * Lends the link to a part of the library that not every program needs: see `Directory`.
   *
   * @param onHeard called with everything that is heard, as long as this client lives
   */
  extend(onHeard: (heard: Heard) => void): Ground {
    this.#heard.add(onHeard);
    return { link: this.#link, people: this.#people, rest: this.#rest };
  }

  async #identify(
    dial: (options: ConnectOptions) => void,
    fail: (error?: Failure) => void,
  ): Promise<void> {
    let me: Person;
    try {
      me = this.#me ?? this.#become(await this.#rest.me());
    } catch (error) {
      fail(error instanceof KlatchError ? error : undefined);
      return;
    }
    dial({ url: this.#url, token: this.#rest.token, user: me.id });
  }

  #signedIn(me: Me): Me {
    this.#become(me);
    // Signing in ends the session that an open link still stands on.
    if (this.#link.isWanted) {
      this.#link.close();
      this.connect();
    }
    return me;
  }

  #become<P extends Person>(me: P): P {
    if (this.#me !== undefined && this.#me.id !== me.id) this.#forget();
    this.#me = me;
    this.#outbox.open({ id: me.id, key: `${this.#url}#${me.id}` });
    return me;
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

  /** The link is open: whatever waits for that, or for its next try, goes on at once. */
  #resume(): void {
    for (const wire of this.#wires.values()) wire.catchUp.resume();
    this.#people.resume();
    this.#outbox.resume();
  }

  /** Everything waits for the link; no timer runs meanwhile. */
  #lost(): void {
    for (const wire of this.#wires.values()) wire.catchUp.lost();
    this.#people.stop();
    this.#outbox.endPauses();
  }

  /** A frame holds the events of one room. */
  #hear(events: readonly RoomEvent[]): void {
    const room = events[0]?.room;
    if (room !== undefined) this.#wires.get(room)?.catchUp.hear(events);
    this.#heard.tell({ type: "events", data: events });
  }

  #linkChanged(): void {
    if (!this.#link.isWanted) {
      this.#stopWaking?.();
      this.#stopWaking = undefined;
    }
    this.#linkChanges.tell(this.#link.state);
  }
}

function passNotSignedIn(error: unknown): undefined {
  if (!(error instanceof KlatchError && error.code === "not-signed-in")) throw error;
}
