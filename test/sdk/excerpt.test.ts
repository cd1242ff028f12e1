/** Going far back in a room: what is shown is a stretch of it, as it is, that meets the newest. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import * as fc from "fast-check";
import type { HistoryPage } from "#protocol/api.ts";
import type { ChangeEvent, RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import { START, comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import { EXCERPT_MAX, Excerpt } from "#sdk/history/excerpt.ts";
import type { ExcerptRoom } from "#sdk/history/excerpt.ts";
import { Listeners } from "#sdk/listeners.ts";
import type { HistoryQuery } from "#sdk/rest.ts";
import { EventStream } from "#sdk/room/event-stream.ts";
import type { RoomChange } from "#sdk/room/room.ts";
import { Timeline } from "#sdk/room/timeline.ts";

const ME = 1;
const NEWEST = 50;

const place = (n: number): Position => `${1_000 + n}.000000`;

/** The log of a room, and a client's live end of it; pages arrive when they are let through. */
class ModelRoom implements ExcerptRoom {
  readonly log: Message[] = [];
  readonly live = new Timeline(() => ME);
  readonly #changes = new Listeners<RoomChange>();
  readonly #streams = new Set<EventStream>();
  #last: Position = START;
  #count = 0;
  /** Pages on their way, as they were when they were read. */
  #underWay: (() => void)[] = [];

  constructor(messages: number) {
    for (let n = 0; n < messages; n++) this.#append();
    this.rejoin();
  }

  get entries() {
    return this.live.entries;
  }

  get hasOlder(): boolean {
    return this.live.before !== undefined;
  }

  onChange(listener: (change: RoomChange) => void): () => void {
    return this.#changes.add(listener);
  }

  events() {
    const stream = new EventStream((ended) => this.#streams.delete(ended));
    this.#streams.add(stream);
    return stream;
  }

  history({ before, after, around, limit = 50 }: HistoryQuery): Promise<HistoryPage> {
    const index = (id: Position) => this.log.findIndex((one) => comparePositions(one.id, id) >= 0);
    const at = around ?? before ?? after;
    const found = at === undefined ? -1 : index(at);
    const here = found === -1 ? this.log.length : found;
    const [from, to] =
      around !== undefined
        ? [here - (limit >> 1), here + limit - (limit >> 1)]
        : after !== undefined
          ? [here + 1, here + 1 + limit]
          : [here - limit, here];
    const messages = this.log.slice(Math.max(0, from), to);
    const [first, last] = [messages[0], messages.at(-1)];
    const page = {
      messages,
      people: [],
      ...(from > 0 && first && { before: first.id }),
      ...(to < this.log.length && last && { after: last.id }),
    };
    return new Promise((resolve) => {
      this.#underWay.push(() => resolve(page));
    });
  }

  async loadOlder(known?: HistoryPage): Promise<void> {
    const { before } = this.live;
    if (before === undefined) return;
    const page = known ?? (await this.history({ before }));
    if (this.live.before !== before) return;
    this.live.prepend(page);
    this.#changes.tell({ added: [], reset: false });
  }

  /** What is under way arrives. */
  async deliver(): Promise<void> {
    for (const arrive of this.#underWay.splice(0)) arrive();
    await setImmediate();
  }

  say(): void {
    const prev = this.#last;
    const data = this.#append();
    this.#hear({ type: "message", room: "0", id: data.id, prev, data });
  }

  edit(at: number): void {
    const message = this.log[at % this.log.length];
    if (message === undefined) return;
    const prev = this.#last;
    this.#last = place(++this.#count);
    const data = { ...message, message: `edited ${this.#count}`, edited: this.#last };
    this.log[at % this.log.length] = data;
    this.#hear({ type: "edit", room: "0", id: this.#last, prev, data });
  }

  /** After a break too long for what was missed. */
  rejoin(): void {
    const messages = this.log.slice(-NEWEST);
    const first = messages[0];
    const before = this.log.length > NEWEST && first ? { before: first.id } : {};
    const result = { state: "limited", position: this.#last, people: [], messages } as const;
    this.live.replace({ ...result, ...before });
    this.#changes.tell({ added: [], reset: true });
  }

  #append(): Message {
    this.#last = place(++this.#count);
    const from = this.#count % 3 === 0 ? ME : 2;
    const cid = this.#count % 5 === 0 ? "" : `cid-${this.#count}`;
    const message = `said ${this.#count}`;
    const data = { from, date: 1_000, message, roomId: "0", id: this.#last, cid };
    this.log.push(data);
    return data;
  }

  #hear(event: Exclude<RoomEvent, { type: "fork" }> | ChangeEvent): void {
    assert.equal(this.live.hear(event).is, "applied");
    this.#changes.tell({ added: [], reset: false });
    for (const stream of this.#streams) stream.push(event);
  }
}

interface Step {
  readonly what: string;
  readonly at: number;
}

/** Fails unless these lines are a piece of the log, as it is now. */
function assertPiece(room: ModelRoom, lines: ExcerptRoom["entries"]): void {
  const from = room.log.findIndex(({ id }) => id === lines[0]?.id);
  assert.deepEqual(
    lines.map(({ id, text }) => [id, text]),
    room.log.slice(from, from + lines.length).map(({ id, message }) => [id, message]),
  );
}

async function excerptOf(room: ModelRoom, at: number): Promise<Excerpt> {
  const asked = Excerpt.around(room, ME, room.log[at]?.id ?? START);
  await room.deliver();
  const excerpt = await asked;
  assert.ok(excerpt);
  return excerpt;
}

/** Goes back to a message of a room, does this, and goes on until the newest is met. */
async function goBack(total: number, goal: number, steps: readonly Step[]): Promise<void> {
  const room = new ModelRoom(total);
  const id = room.log[goal % total]?.id;
  const excerpt = await excerptOf(room, goal % total);
  const look = () => {
    assertPiece(room, room.entries);
    if (excerpt.state !== "apart") return;
    assertPiece(room, excerpt.entries);
    assert.ok(excerpt.entries.some((entry) => entry.id === id));
  };
  for (const { what, at } of steps) {
    if (what === "older") void excerpt.loadOlder();
    else if (what === "newer") void excerpt.loadNewer();
    else if (what === "say") room.say();
    else if (what === "edit") room.edit(at);
    else if (what === "deliver") await room.deliver();
    else room.rejoin();
    await setImmediate();
    look();
  }
  await room.deliver();
  for (let page = 0; excerpt.state === "apart"; page++) {
    assert.ok(page < 20, "it meets the newest");
    void excerpt.loadNewer();
    await room.deliver();
    look();
  }
  // Unless the room has lost its place since, it holds what was shown.
  if (excerpt.state === "joined" && !steps.some(({ what }) => what === "rejoin")) {
    assert.ok(comparePositions(room.entries[0]?.id ?? "", excerpt.entries[0]?.id ?? "") <= 0);
  }
}

test("[PL2] a stretch of the past is a piece of the room whatever happens, and meets the newest", async () => {
  const step = fc.record({
    what: fc.constantFrom("older", "newer", "say", "edit", "deliver", "rejoin"),
    at: fc.nat({ max: 700 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 700 }),
      fc.nat({ max: 700 }),
      fc.array(step, { maxLength: 12 }),
      goBack,
    ),
    { numRuns: 300 },
  );
});

test("[PL2] lines keep their keys, and unchanged ones stay the same objects, when the room takes over", async () => {
  const room = new ModelRoom(200);
  const excerpt = await excerptOf(room, 60);
  const keys = excerpt.entries.map(({ cid }) => cid);
  const [first] = excerpt.entries;
  room.edit(20);
  await setImmediate();
  assert.equal(excerpt.entries[0], first);
  assert.equal(excerpt.entries[10]?.text, "edited 201");
  void excerpt.loadNewer();
  await room.deliver();
  assert.equal(excerpt.state, "joined");
  assert.deepEqual(
    room.entries.slice(0, keys.length).map(({ cid }) => cid),
    keys,
  );
  assert.equal(room.live.before, room.log[10]?.id);
});

test("[PL2] a page that left before an edit does not undo it", async () => {
  const room = new ModelRoom(400);
  const excerpt = await excerptOf(room, 200);
  void excerpt.loadOlder();
  await setImmediate();
  room.edit(100);
  await room.deliver();
  assert.equal(excerpt.entries.find(({ id }) => id === place(101))?.text, "edited 401");
});

test("[PL2] a room that lost its place says that its past has to be found anew", async () => {
  const room = new ModelRoom(300);
  const excerpt = await excerptOf(room, 100);
  let told = 0;
  excerpt.onChange(() => told++);
  room.rejoin();
  assert.deepEqual([excerpt.state, told], ["stale", 1]);
});

test("[PL3] what is not there is not found, and a failure is told and can be tried again", async () => {
  const room = new ModelRoom(300);
  const asked = Excerpt.around(room, ME, "1100.500000");
  await room.deliver();
  assert.equal(await asked, undefined);
  const excerpt = await excerptOf(room, 100);
  const history = room.history.bind(room);
  room.history = () => Promise.reject(new Error("cut"));
  await assert.rejects(excerpt.loadOlder(), /cut/u);
  room.history = history;
  const again = excerpt.loadOlder();
  await room.deliver();
  await again;
  assert.equal(excerpt.hasOlder, false);
});

test(`[PL4] of a stretch at most ${EXCERPT_MAX} messages are kept; scrolling brings the others back`, async () => {
  const room = new ModelRoom(EXCERPT_MAX + 500);
  const firstOf = async (goal: number, pages: number) => {
    const excerpt = await excerptOf(room, goal);
    for (let page = 0; page < pages; page++) {
      void excerpt.loadNewer();
      await room.deliver();
    }
    assertPiece(room, excerpt.entries);
    return excerpt;
  };
  // The first page holds 50 messages from the one asked for, and up to 50 before it; each other 100.
  const full = EXCERPT_MAX / 100 - 1;
  const below = await firstOf(49, full);
  assert.deepEqual([below.entries.length, below.hasOlder], [EXCERPT_MAX - 1, false]);
  const equal = await firstOf(50, full);
  assert.deepEqual([equal.entries.length, equal.hasOlder], [EXCERPT_MAX, false]);
  const above = await firstOf(51, full + 1);
  assert.deepEqual([above.entries.length, above.hasOlder], [EXCERPT_MAX, true]);
  assert.equal(above.entries[0]?.id, place(102));
  void above.loadOlder();
  await room.deliver();
  assert.deepEqual([above.entries.length, above.hasNewer], [EXCERPT_MAX, true]);
  assert.equal(above.entries[0]?.id, place(2));
  assertPiece(room, above.entries);
});
