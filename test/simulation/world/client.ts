/**
 * A client: a person at a device with the real library, who writes, reloads, loses sessions and
 * signs in again.
 */
import type { Person } from "#protocol/person.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Entry, Room } from "#sdk/index.ts";
import { Klatch } from "#sdk/index.ts";
import type { Device, Program } from "./device.ts";
import type { History, OfClient } from "./history.ts";
import type { Random } from "#test/simulation/kernel/random.ts";

export interface ClientParts {
  readonly name: string;
  readonly person: Person;
  readonly device: Device;
  readonly rooms: readonly RoomId[];
  readonly history: History;
  readonly random: Random;
}

type Own = OfClient extends infer One
  ? One extends OfClient
    ? Omit<One, "client" | "life">
    : never
  : never;

/** Until a person who is refused tries again, in milliseconds. */
const PATIENCE_MS = 5_000;

export class Client {
  readonly name: string;
  readonly person: Person;
  readonly device: Device;
  readonly #parts: ClientParts;
  readonly #rooms = new Map<RoomId, Room>();
  readonly #pausing = new Set<RoomId>();
  readonly #left = new Set<RoomId>();
  #program: Program | undefined;
  #klatch: Klatch | undefined;
  #life = 0;
  #isSigningIn = false;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.person = parts.person;
    this.device = parts.device;
  }

  get isRunning(): boolean {
    return this.#program !== undefined;
  }

  start(): void {
    if (this.isRunning) return;
    const { rooms, device, person } = this.#parts;
    this.#life++;
    this.#pausing.clear();
    this.#left.clear();
    this.#isSigningIn = false;
    const program = device.boot();
    const { environment, store } = program;
    const klatch = new Klatch({ me: person, token: device.token, store, environment });
    this.#program = program;
    this.#klatch = klatch;
    for (const id of rooms) this.#enter(klatch.room(id), program);
    klatch.onLink(({ at }) => {
      if (at === "closed") this.#signInAgain(klatch, program);
    });
    klatch.connect();
  }

  /**
   * The program ends, by a reload or a crash. `isSaid`: the system still closes its connections.
   */
  stop(isSaid: boolean): void {
    if (this.#program === undefined) return;
    for (const [room, { entries }] of this.#rooms) {
      const unsent = entries.filter(({ state }) => state !== "stored").map(({ cid }) => cid);
      const cids = unsent.filter((cid) => !this.device.kept.has(cid));
      if (cids.length > 0) this.#note({ type: "forgotten", cids, room });
    }
    this.#program.end(isSaid);
    this.#program = undefined;
    this.#klatch = undefined;
    this.#rooms.clear();
  }

  /** Stops hearing a room. */
  leave(room: RoomId): void {
    this.#left.add(room);
    this.#rooms.get(room)?.leave();
  }

  /** Hears it again. */
  comeBack(id: RoomId): void {
    const room = this.#rooms.get(id);
    if (room === undefined || this.#program === undefined || !this.#left.delete(id)) return;
    void this.#read(room, this.#program);
    room.join();
  }

  say(room: RoomId): void {
    const text = `${this.name}-${++this.device.written}`;
    const cid = this.#rooms.get(room)?.send(text);
    if (cid !== undefined) this.#note({ type: "said", room, cid, text });
  }

  /** Edits one of the person's stored messages, or deletes it. */
  async changeOwn(room: RoomId): Promise<void> {
    const { random } = this.#parts;
    const open = this.#rooms.get(room);
    const life = this.#life;
    const mine = open?.entries.filter(
      ({ from, state, deleted }) => from === this.person.id && state === "stored" && !deleted,
    );
    const id = mine === undefined || mine.length === 0 ? undefined : random.pick(mine).id;
    if (open === undefined || id === undefined) return;
    const text = random.chance(0.7) ? `${this.name}-edit-${++this.device.written}` : undefined;
    const note = (isDone: boolean) => {
      if (life === this.#life) this.#note({ type: "changing", room, message: id, text, isDone });
    };
    note(false);
    try {
      await (text === undefined ? open.remove(id) : open.edit(id, text));
      note(true);
    } catch {
      // Refused, or its fate is unknown; people look and try again.
    }
  }

  /** What was refused is tried again. */
  retryFailed(): void {
    for (const [id, room] of this.#rooms) {
      for (const { cid, text, state } of room.entries) {
        if (state !== "failed") continue;
        this.#note({ type: "said", room: id, cid, text });
        room.retry(cid);
      }
    }
  }

  /**
   * Whether nothing is under way any more: connected, everything heard that `heads` names,
   * everything sent.
   */
  isSettled(heads: ReadonlyMap<RoomId, string | undefined>, isMember: (room: RoomId) => boolean) {
    if (this.#klatch?.link.at !== "open") return false;
    // One that seems open and is not has still to be found out, by its silence.
    if ([...this.device.sockets].some(({ isWhole }) => !isWhole)) return false;
    return [...this.#rooms].every(([id, { state, entries }]) => {
      if (!isMember(id)) return true;
      const isSent = entries.every((entry) => entry.state === "stored");
      const newest = entries.findLast((entry) => entry.state === "stored");
      return state === "live" && isSent && newest?.id === heads.get(id);
    });
  }

  /** Shows each room from its beginning; gives up where that is refused. */
  async loadAll(): Promise<void> {
    for (const room of this.#rooms.values()) {
      for (let pages = 0; room.hasOlder && pages < 20; pages++) {
        await room.loadOlder().catch(() => undefined);
      }
    }
  }

  /** Says how it stands at the end. */
  conclude(isMember: (room: RoomId) => boolean): void {
    for (const [id, room] of this.#rooms) {
      this.#noteShown(id, room.entries);
      this.#note({
        type: "ended",
        room: id,
        user: this.person.id,
        isMember: isMember(id),
        link: this.#klatch?.link.at ?? "none",
        state: room.state,
        hasOlder: room.hasOlder,
      });
    }
  }

  #enter(room: Room, program: Program): void {
    this.#rooms.set(room.id, room);
    room.onChange(() => {
      if (this.#program !== program) return;
      this.#noteShown(room.id, room.entries);
      if (room.state === "refused") this.#askAgain(room, program);
    });
    void this.#read(room, program);
    room.join();
  }

  async #read(room: Room, program: Program): Promise<void> {
    for await (const event of room.events()) {
      if (this.#program !== program) return;
      this.#note({ type: "told", room: room.id, event });
    }
  }

  /** Whoever was put out of a room looks now and then whether the door is open again. */
  #askAgain(room: Room, program: Program): void {
    if (this.#pausing.has(room.id)) return;
    this.#pausing.add(room.id);
    program.environment.setTimer(() => {
      this.#pausing.delete(room.id);
      if (!this.#left.has(room.id)) room.join();
    }, PATIENCE_MS);
  }

  #signInAgain(klatch: Klatch, program: Program): void {
    if (this.#isSigningIn || this.#program !== program) return;
    this.#isSigningIn = true;
    const wait = this.#parts.random.between(500, PATIENCE_MS);
    program.environment.setTimer(() => void this.#signIn(klatch, program), wait);
  }

  async #signIn(klatch: Klatch, program: Program): Promise<void> {
    try {
      await klatch.signIn(this.person.username, "a password");
      if (this.#program !== program) return;
      this.#isSigningIn = false;
      klatch.connect();
    } catch {
      if (this.#program !== program) return;
      this.#isSigningIn = false;
      this.#signInAgain(klatch, program);
    }
  }

  #noteShown(room: RoomId, entries: readonly Entry[]): void {
    this.#note({ type: "shown", room, entries });
  }

  #note(happening: Own): void {
    this.#parts.history.add({ ...happening, client: this.name, life: this.#life });
  }
}
