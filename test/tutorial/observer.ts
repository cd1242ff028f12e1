/** An observer: a member at one server who collects every room they are in, through every break. */
import type { RoomEvent } from "#protocol/events.ts";
import type { Line, Member } from "#test/support/member.ts";
import type { Shown } from "./ledger.ts";

export class Observer {
  readonly name: string;
  readonly member: Member;
  readonly #lines = new Map<string, { id: string; text: string }[]>();
  readonly #at = new Map<string, string>();
  #line: Line | undefined;
  /** What came while rooms were being joined. */
  #early: RoomEvent[] | undefined;

  constructor(name: string, member: Member, rooms: readonly string[]) {
    this.name = name;
    this.member = member;
    for (const room of rooms) this.#lines.set(room, []);
  }

  /** Connects, and goes on in each room where it was. */
  async connect(url: string): Promise<void> {
    const line = await this.member.at(url).connect();
    this.#line = line;
    this.#early = [];
    line.socket.on("events", (events) => {
      if (this.#early === undefined) for (const event of events) this.#take(event);
      else this.#early.push(...events);
    });
    for (const room of this.#lines.keys()) await this.#join(line, room, url);
    const early = this.#early;
    this.#early = undefined;
    // What a join has told already comes again, if it was said meanwhile.
    for (const event of early) {
      if ((this.#at.get(event.room) ?? "") < event.id) this.#take(event);
    }
  }

  disconnect(): void {
    this.#line?.socket.disconnect();
  }

  count(room: string): number {
    return this.#lines.get(room)?.length ?? 0;
  }

  shown(): readonly Shown[] {
    return [...this.#lines].map(([room, lines]) => ({ observer: this.name, room, lines }));
  }

  async #join(line: Line, room: string, url: string): Promise<void> {
    const since = this.#at.get(room) ?? "0.000000";
    const joined = await line.join(since, room);
    if (joined.state === "recovered") {
      for (const { id, message } of joined.messages) this.#add(room, id, message);
      return;
    }
    if (joined.state === "fork") throw new Error(`${this.name} was told of a fork in ${room}`);
    // Too much was missed to be told one by one: it is read in pages.
    let after = since;
    for (;;) {
      const page = await this.member.at(url).history(`?after=${after}&limit=100`, room);
      for (const { id, message } of page.messages) this.#add(room, id, message);
      if (page.after === undefined) return;
      after = page.after;
    }
  }

  #take(event: RoomEvent): void {
    if (event.type === "fork") throw new Error(`${this.name} was told of a fork in ${event.room}`);
    if (event.type === "message") this.#add(event.room, event.id, event.data.message);
  }

  #add(room: string, id: string, text: string): void {
    this.#lines.get(room)?.push({ id, text });
    this.#at.set(room, id);
  }
}
