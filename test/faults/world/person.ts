/**
 * A person of a world under test: one SDK client behind a wire of its own, which never stops
 * writing.
 */
import { Klatch, MemoryStore } from "#sdk/index.ts";
import type { Entry, Room } from "#sdk/index.ts";
import type { Fixture } from "./fixture.ts";
import { Proxy } from "./proxy.ts";
import type { Random } from "./random.ts";
import type { Recorder } from "./recorder.ts";

/**
 * Written and not acknowledged: beyond this a person waits, as the rate limit allows 40 at once.
 */
const UNSENT_MAX = 25;

/** Where a new connection goes: the port of a server that is up, and its name. */
export type Balancer = () => { readonly port: number; readonly name: string } | undefined;

export class Person implements AsyncDisposable {
  readonly name: string;
  readonly fixture: Fixture;
  readonly klatch: Klatch;
  readonly rooms: readonly Room[];
  readonly wire: Proxy;
  readonly #recorder: Recorder;
  #server = "nobody";
  #said = 0;
  #stopWriting: (() => void) | undefined;

  private constructor(fixture: Fixture, name: string, recorder: Recorder, wire: Proxy) {
    this.name = name;
    this.fixture = fixture;
    this.wire = wire;
    this.#recorder = recorder;
    this.klatch = new Klatch({
      url: `http://127.0.0.1:${wire.port}`,
      token: fixture.token,
      me: fixture.me,
      store: new MemoryStore(),
      environment: recorder.environment(name, () => this.#server),
    });
    this.rooms = fixture.rooms.map((id) => this.klatch.room(id));
  }

  /** Connects and joins all rooms; `name` tells several clients of one person apart. */
  static async enter(
    fixture: Fixture,
    recorder: Recorder,
    balance: Balancer,
    name = fixture.me.username,
  ): Promise<Person> {
    const wire = await Proxy.open(() => {
      const server = balance();
      if (server === undefined) return undefined;
      person.#server = server.name;
      return { host: "127.0.0.1", port: server.port };
    });
    const person = new Person(fixture, name, recorder, wire);
    for (const room of person.rooms) {
      recorder.member("join", name, room.id);
      void recorder.hear(name, room);
      room.join();
    }
    person.klatch.connect();
    return person;
  }

  /** The server it is connected to, or was last. */
  get server(): string {
    return this.#server;
  }

  /** Says something new in a room; the answer is its cid. */
  say(room: Room): string {
    return room.send(`${this.name} ${++this.#said}`);
  }

  /** Each of its rooms in turn. */
  anyRoom(): Room {
    const room = this.rooms[this.#said % this.rooms.length];
    if (room === undefined) throw new Error(`${this.name} has no room.`);
    return room;
  }

  /** Writes in one room after the other, every `everyMs` on average, until `rest`. */
  write(everyMs: number, random: Random): void {
    if (this.#stopWriting !== undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const next = () => {
      if (this.unsent.length < UNSENT_MAX) this.say(random.pick(this.rooms));
      timer = setTimeout(next, everyMs * (0.5 + random.next()));
    };
    timer = setTimeout(next, everyMs * random.next());
    this.#stopWriting = () => clearTimeout(timer);
  }

  rest(): void {
    this.#stopWriting?.();
    this.#stopWriting = undefined;
  }

  /** What is written and not stored yet; what a server refused is not waited for. */
  get unsent(): readonly Entry[] {
    return this.rooms.flatMap(({ entries }) => {
      const end = entries.findLastIndex(({ state }) => state === "stored");
      return entries.slice(end + 1).filter(({ state }) => state !== "failed");
    });
  }

  /** What a server refused for good; nothing that people here write should be. */
  get failed(): readonly Entry[] {
    return this.rooms.flatMap(({ entries }) => entries.filter(({ state }) => state === "failed"));
  }

  /** Whether everything is sent, and everything heard up to these heads. */
  isSettled(heads: ReadonlyMap<string, string>): boolean {
    const isUpToDate = (room: Room) =>
      room.state === "live" && room.entries.at(-1)?.id === heads.get(room.id);
    return this.unsent.length === 0 && this.rooms.every(isUpToDate);
  }

  /** Records what it shows now. */
  show(): void {
    for (const { id: room, entries } of this.rooms) {
      const lines = entries.flatMap(({ id, cid }) => {
        // Of others' messages the SDK shows `<author>:<cid>`.
        return id === undefined ? [] : [{ id, cid: cid.slice(cid.indexOf(":") + 1) }];
      });
      this.#recorder.list("show", this.name, room, lines);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.rest();
    for (const room of this.rooms) room.leave();
    this.klatch.close();
    await this.wire[Symbol.asyncDispose]();
  }
}
