/** The list of one's rooms: fetched when it may have changed, and moved along by what is heard. */
import type { JoinResult } from "#protocol/commands.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import { comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { ReadNotice } from "#protocol/reading.ts";
import type { PeopleNotice } from "#protocol/person.ts";
import { GENERAL, rankOf } from "#protocol/room.ts";
import type { Room as RoomInfo, RoomId, RoomsResult } from "#protocol/room.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Environment } from "#sdk/environment.ts";
import { KlatchError } from "#sdk/error.ts";
import type { Ground, Heard } from "#sdk/extension.ts";
import { Listeners } from "#sdk/listeners.ts";
import { Timer } from "#sdk/timer.ts";
import { Reads } from "./reads.ts";
import { countedWith, countsOf, later, mayRecount, readUpTo } from "./unread.ts";
import { Watching } from "./watching.ts";

/** The list is asked for again this long after something that changes what was counted. */
const RECOUNT_MS = 500;

export class RoomList {
  readonly changes = new Listeners<void>();
  readonly gone = new Listeners<RoomInfo>();
  readonly told = new Listeners<RoomId>();
  isLoaded = false;
  rooms: readonly RoomInfo[] = [];
  readonly #klatch: Klatch;
  readonly #ground: Ground;
  readonly #retry: Timer;
  readonly #recount: Timer;
  readonly #reads: Reads;
  readonly #watching: Watching;
  /** Rooms read since the list that is on its way was asked for: it may not know of it. */
  #readLately = new Set<RoomId>();
  /** Whose list it is. */
  #owner: number | undefined;
  #fetching: "no" | "yes" | "again" = "no";
  /** Rooms that this client itself is leaving or deleting. */
  readonly #parting = new Set<RoomId>();

  constructor(klatch: Klatch, ground: Ground, environment: Environment) {
    this.#klatch = klatch;
    this.#ground = ground;
    this.#retry = new Timer(environment);
    this.#recount = new Timer(environment);
    this.#reads = new Reads(ground, environment, (id, position) => {
      const room = find(this.rooms, id);
      // Up to the newest it is nothing, as is known here already. Otherwise what the answer says
      // was counted at a moment that nobody here can place among what is heard.
      if (room !== undefined && readUpTo(room, position) === undefined) this.#recountSoon();
    });
    this.#watching = new Watching(ground, environment, (id, joined) => this.#joined(id, joined));
    klatch.onLink(() => this.#linkChanged());
    if (ground.link.isOpen) this.#linkChanged();
  }

  hear({ type, data }: Heard): void {
    if (type === "events") this.#hearEvents(data);
    else if (type === "read") this.#hearRead(data);
    else if (type === "seen") this.#hearSeen(data);
    else if (type === "rooms") {
      if (data.gone === true) this.#lose(data.room);
      this.#fetchSoon();
      this.told.tell(data.room);
    } else if (type === "people") this.#hearPeople(data);
  }

  /** Takes in what the server said of a room. */
  put(room: RoomInfo): RoomInfo {
    const here = find(this.rooms, room.id);
    this.#set([...this.rooms.filter((one) => one !== here), newerOf(here, room)]);
    this.#watchMore();
    return room;
  }

  /** One has read a room up to here. Earlier places change nothing. */
  read(id: RoomId, position: Position): void {
    const room = find(this.rooms, id);
    if (room === undefined || comparePositions(position, room.read) <= 0) return;
    this.#readLately.add(id);
    this.#replace(room, readUpTo(room, position) ?? { ...room, read: position });
    this.#reads.read(id, position);
  }

  /** Makes unread again what comes after this place, on all one's devices. */
  async unread(id: RoomId, position: Position): Promise<void> {
    this.#reads.forget(id);
    const counts = await this.#ground.link.ask("read", { room: id, position, back: true });
    const room = find(this.rooms, id);
    if (room !== undefined) this.#replace(room, { ...room, ...counts });
    this.#recountSoon();
  }

  /** Runs what ends one's own time in a room; then it is gone without `gone` being told. */
  async part(id: RoomId, run: () => Promise<void>): Promise<void> {
    this.#parting.add(id);
    try {
      await run();
      this.#lose(id);
    } finally {
      this.#parting.delete(id);
    }
  }

  #linkChanged(): void {
    const { me } = this.#klatch;
    if (this.#owner !== me?.id) {
      this.#owner = me?.id;
      this.isLoaded = false;
      this.#reads.clear();
      this.#readLately.clear();
      this.#set([]);
    }
    if (this.#ground.link.isOpen) {
      this.#retry.tries = 0;
      this.#reads.resume();
      this.#fetchSoon();
    } else {
      this.#retry.stop();
      this.#recount.stop();
      this.#reads.stop();
      this.#watching.stop();
    }
  }

  /** At once, or once more after the answer that is under way: it may be from before the change. */
  #fetchSoon(): void {
    this.#retry.stop();
    this.#recount.stop();
    if (this.#fetching !== "no") this.#fetching = "again";
    else void this.#fetch();
  }

  async #fetch(): Promise<void> {
    const owner = this.#owner;
    const before = this.rooms;
    this.#fetching = "yes";
    this.#readLately.clear();
    let failure: unknown;
    try {
      const { rooms, people } = await this.#ground.rest.ask<RoomsResult>("GET", "/api/rooms");
      if (owner === this.#owner && owner !== undefined) {
        this.#retry.tries = 0;
        this.#ground.people.learn(people);
        this.#fetched(rooms, before);
      }
    } catch (error) {
      failure = error;
    }
    const isAgain = this.#isAskedAgain();
    this.#fetching = "no";
    // Without a link, its return asks again.
    if (!this.#ground.link.isOpen) return;
    if (failure !== undefined) {
      const { retryAfter } = failure instanceof KlatchError ? failure : {};
      this.#retry.retry(() => this.#fetchSoon(), retryAfter);
    } else if (isAgain) this.#fetchSoon();
  }

  /** It may have become so while an answer was awaited. */
  #isAskedAgain(): boolean {
    return this.#fetching === "again";
  }

  #fetched(rooms: readonly RoomInfo[], before: readonly RoomInfo[]): void {
    this.isLoaded = true;
    for (const { id } of before) if (find(rooms, id) === undefined) this.#lose(id);
    // What came here while this was on its way is newer than it.
    const newcomers = this.rooms.filter(({ id }) => find(rooms, id) === undefined);
    const known = rooms.map((told) => {
      const here = find(this.rooms, told.id);
      const next = newerOf(here, told);
      if (here === undefined) return next;
      if (this.#readLately.has(told.id)) return { ...next, ...countsOf(here) };
      // Told of a moment before the newest that was heard: what is here holds until it is counted.
      if (next.position !== told.position && here.unread !== told.unread) this.#recountSoon();
      return next;
    });
    this.#set([...known, ...newcomers]);
    this.#watchMore();
  }

  #set(rooms: readonly RoomInfo[]): void {
    this.rooms = rooms.toSorted((a, b) => comparePositions(rankOf(b), rankOf(a)));
    this.changes.tell();
  }

  #hearEvents(events: readonly RoomEvent[]): void {
    const room = find(this.rooms, events[0]?.room);
    if (room === undefined) return;
    let moved = room;
    for (const event of events) {
      if (event.type === "fork") this.#fetchSoon();
      else moved = this.#moved(moved, event);
    }
    this.#replace(room, moved);
  }

  #moved(room: RoomInfo, event: Exclude<RoomEvent, { type: "fork" }>): RoomInfo {
    if (comparePositions(event.id, room.position) <= 0) return room;
    const me = this.#owner ?? 0;
    if (mayRecount(room, event, me)) this.#recountSoon();
    const moved = movedTo(room, event.id, event.data);
    return event.type === "message" ? countedWith(moved, event.data, me) : moved;
  }

  /** Another device of mine has read, or marked something unread. */
  #hearRead({ room: id, position }: ReadNotice): void {
    const room = find(this.rooms, id);
    if (room === undefined) return;
    const read = readUpTo(room, position);
    if (read === undefined) this.#recountSoon();
    this.#replace(room, read ?? { ...room, read: position });
  }

  /** The other one of a chat of two has read. */
  #hearSeen({ room: id, position }: ReadNotice): void {
    const room = find(this.rooms, id);
    if (room !== undefined) this.#replace(room, { ...room, seen: later(room.seen, position) });
  }

  /** Chats are called by their people; everybody who is new is in General. */
  #hearPeople({ changed, came }: PeopleNotice): void {
    const isNamed = ({ people }: RoomInfo) => people.some(({ id }) => changed.includes(id));
    if (this.rooms.some(isNamed)) this.#fetchSoon();
    for (const { id } of this.rooms) {
      if (changed.length > 0 || (id === GENERAL && came.length > 0)) this.told.tell(id);
    }
  }

  #recountSoon(): void {
    if (this.#ground.link.isOpen && !this.#recount.isSet) {
      this.#recount.set(() => this.#fetchSoon(), RECOUNT_MS);
    }
  }

  #replace(room: RoomInfo, next: RoomInfo): void {
    if (next !== room) this.#set(this.rooms.map((one) => (one === room ? next : one)));
  }

  #lose(id: RoomId): void {
    const room = find(this.rooms, id);
    if (room === undefined) return;
    this.#watching.forget(id);
    this.#klatch.room(id).leave();
    this.#set(this.rooms.filter((one) => one !== room));
    if (!this.#parting.has(id)) this.gone.tell(room);
  }

  #watchMore(): void {
    this.#watching.watch(() => this.rooms);
  }

  /** A room is heard from now on; this is what had not been heard. */
  #joined(id: RoomId, result: JoinResult): void {
    const room = find(this.rooms, id);
    if (room === undefined) return;
    const news = result.messages.filter((one) => comparePositions(one.id, room.position) > 0);
    if (result.state === "limited" || result.changes !== undefined) this.#recountSoon();
    const counted = news.reduce((one, said) => countedWith(one, said, this.#owner ?? 0), room);
    this.#replace(room, caughtUpWith(counted, result));
  }
}

/** The room after an event at `id`, of which `message` tells; the same object if it is known. */
function movedTo(room: RoomInfo, id: string, message: Message): RoomInfo {
  if (comparePositions(id, room.position) <= 0) return room;
  const isLast = room.last === undefined || comparePositions(message.id, room.last.id) >= 0;
  return { ...room, position: id, ...(isLast && { last: message }) };
}

function caughtUpWith(room: RoomInfo, { messages, position }: JoinResult): RoomInfo {
  const last = messages.at(-1);
  return last === undefined ? room : movedTo(room, position, last);
}

/** What is said of a room is the server's; how far it has come is whatever is further. */
function newerOf(here: RoomInfo | undefined, told: RoomInfo): RoomInfo {
  if (here?.last === undefined || comparePositions(here.position, told.position) <= 0) return told;
  return { ...told, ...countsOf(here), position: here.position, last: here.last };
}

function find(rooms: readonly RoomInfo[], id: RoomId | undefined): RoomInfo | undefined {
  return rooms.find((room) => room.id === id);
}
