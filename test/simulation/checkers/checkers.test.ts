/** Each checker lets a good history pass, and finds the one thing that is wrong in a bad one. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import type { Entry } from "#sdk/index.ts";
import type { Ended, Happened, Happening } from "#test/simulation/world/history.ts";
import { CHECKERS, check } from "./check.ts";
import { gather } from "./facts.ts";

const ROOM = "0";
const ada = { client: "ada1", life: 1, room: ROOM };
const brin = { client: "brin2", life: 1, room: ROOM };

const message = (nth: number, text = `text ${nth}`, from = 1): Message => ({
  from,
  date: nth,
  message: text,
  roomId: ROOM,
  id: `${nth}.000000`,
  cid: `cid-${nth}`,
});

const line = ({ cid, from, message: text, date, id }: Message): Entry => {
  return { cid, from, text, date, id, state: "stored" };
};

const waiting = (nth: number, state: Entry["state"] = "sending"): Entry => {
  return { cid: `cid-${nth}`, from: 1, text: `text ${nth}`, date: 0, state };
};

const said = (nth: number): Happening => {
  return { type: "said", ...ada, cid: `cid-${nth}`, text: `text ${nth}` };
};
const stored = (of: Message): Happening => ({ type: "stored", message: of });
const shown = (entries: readonly Entry[], to = ada): Happening => ({
  type: "shown",
  ...to,
  entries,
});
const final = (messages: readonly Message[]): Happening => ({
  type: "final",
  room: ROOM,
  messages,
});
const ended = (to = ada, other: Partial<Ended> = {}): Happening => {
  const state = { link: "open", state: "live", hasOlder: false, isMember: true, user: 1 };
  return { type: "ended", ...to, ...state, ...other };
};
const lost = (messages: readonly Message[], changes: readonly Message[] = []): Happening => {
  return { type: "lost", fault: "redis-restore", messages, changes };
};
const event = (nth: number, prev: number, data = message(nth)): RoomEvent => {
  return { type: "message", room: ROOM, id: `${nth}.000000`, prev: `${prev}.000000`, data };
};
const fork = (to: number, from: number): RoomEvent => {
  return { type: "fork", room: ROOM, id: `${to}.000000`, prev: `${from}.000000`, data: null };
};
const told = (of: RoomEvent, to = ada): Happening => ({ type: "told", ...to, event: of });
const delivered = (...events: readonly RoomEvent[]): Happening => {
  return { type: "delivered", server: "server1.1", room: ROOM, events };
};
const opened: Happening = { type: "opened", server: "server1.1", room: ROOM };
const heard = (joinAskedAt: number): Happening => {
  const by = { server: "server1.1", connection: 1, user: 1, session: "session-1" };
  return { type: "heard", ...by, room: ROOM, joinAskedAt, events: [event(1, 0)] };
};
const member = (holds: boolean): Happening => ({ type: "membership", room: ROOM, user: 1, holds });
const session = (holds: boolean): Happening => ({ type: "session", session: "session-1", holds });

type Moment = Happening | readonly [at: number, what: Happening];

/** Things that happened, a second apart unless they say when. */
function history(...all: readonly Moment[]) {
  return all.map((each, i): Happened => {
    const [at, what] = "type" in each ? [i * 1_000, each] : each;
    return { ...what, at };
  });
}

const one = message(1);
const two = message(2);

/** Everything went well: two messages, one of them edited, seen by two people. */
const GOOD = history(
  member(true),
  session(true),
  opened,
  said(1),
  shown([waiting(1)]),
  stored(one),
  shown([line(one)]),
  said(2),
  stored(two),
  delivered(event(1, 0), event(2, 1)),
  heard(500),
  told(event(1, 0)),
  told(event(2, 1)),
  shown([line(one), line(two)]),
  shown([line(one), line(two)], brin),
  final([one, two]),
  ended(),
  ended(brin),
);

test("a good history passes all checkers", () => {
  assert.deepEqual(check(GOOD), { violations: [], acknowledged: 2 });
});

type Case = readonly [what: string, ...happened: Moment[]];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  durable: [["an acknowledged message is gone", said(1), shown([line(one)]), final([])]],
  sentAgain: [
    [
      "what a fault lost is not sent again by who still runs",
      said(1),
      shown([waiting(1)]),
      shown([line(one)]),
      lost([one]),
      final([]),
      ended(),
    ],
  ],
  changed: [
    [
      "an acknowledged edit is gone",
      { type: "changing", ...ada, message: one.id, text: "edited", isDone: true },
      final([one]),
    ],
    [
      "a deleted message is back",
      { type: "changing", ...ada, message: one.id, text: undefined, isDone: true },
      final([{ ...one, edited: "3.000000" }]),
    ],
  ],
  places: [
    [
      "a place of a lost message is given to another",
      stored(two),
      lost([two]),
      stored({ ...two, cid: "cid-3" }),
    ],
    ["a place of a message is given to a change", stored(two), stored({ ...one, edited: two.id })],
  ],
  once: [
    ["a message is stored twice", final([one, { ...two, cid: one.cid }])],
    ["a line is shown twice", shown([line(one), { ...line(two), cid: one.cid }])],
    ["lines stand in a wrong order", shown([line(two), line(one)])],
    ["two lines have one place", shown([line(one), { ...line(two), id: one.id }])],
  ],
  real: [
    ["a message is shown before it is stored", shown([line(one)]), stored(one)],
    ["a message is shown with another text", stored(one), shown([line({ ...one, message: "?" })])],
    ["a message is told that is not stored", told(event(1, 0))],
  ],
  told: [
    ["a message is told twice", told(event(1, 0)), told(event(1, 0))],
    ["messages are told in a wrong order", told(event(2, 1)), told(event(1, 0))],
  ],
  whole: [
    ["the end is missing", shown([line(one)]), final([one, two]), ended()],
    ["there is a hole", shown([line(two)]), final([one, two]), ended()],
    ["something is shown that is not there", shown([line(one), line(two)]), final([one]), ended()],
    [
      "an edit is missing",
      shown([line(one)]),
      final([{ ...one, message: "edited", edited: "3.000000" }]),
      ended(),
    ],
  ],
  unbroken: [
    ["a server skips an event", opened, delivered(event(1, 0)), delivered(event(3, 2))],
    ["a server repeats an event", opened, delivered(event(1, 0)), delivered(event(1, 0))],
  ],
  forksTold: [
    [
      "nobody is told that what they saw is lost",
      told(event(1, 0), brin),
      lost([one]),
      final([]),
      ended(brin),
    ],
  ],
  members: [
    ["who never was a member hears", heard(500)],
    ["who was removed asks again, and hears", member(true), member(false), heard(1_500)],
  ],
  sessions: [
    ["a session hears after its end", session(true), session(false), [2_500, heard(0)]],
    [
      "a session hears long after its end, however much was broken then",
      session(true),
      [1_000, session(false)],
      [1_200, { type: "fault", fault: "bus-link-deaf", server: "server1.1", until: 18_000 }],
      [48_000, heard(0)],
    ],
  ],
  fifo: [["what one wrote is turned", said(2), said(1), final([one, two])]],
  live: [
    ["a message is never sent", said(1), shown([waiting(1, "queued")]), final([]), ended()],
    ["a message vanished", said(1), shown([]), final([]), ended()],
    ["a client does not come back", final([]), ended(ada, { link: "waiting" })],
    ["a room stays silent", final([]), ended(ada, { state: "joining" })],
  ],
  caught: [["an error that nobody awaited", { type: "uncaught", error: "TypeError" }]],
};

for (const [name, checker] of Object.entries(CHECKERS)) {
  describe(`the checker "${name}"`, () => {
    for (const [what, ...happened] of CASES[name] ?? []) {
      test(`finds: ${what}`, () => {
        assert.equal(checker(gather(history(...happened))).length, 1);
      });
    }

    test("has a violation made for it", () => {
      assert.ok((CASES[name] ?? []).length > 0);
    });
  });
}

describe("what a declared fault excuses", () => {
  test("a message that it lost, if its author's program ended before", () => {
    const reloaded = { ...ada, life: 2 };
    const happened = history(
      member(true),
      said(1),
      shown([waiting(1)]),
      stored(one),
      shown([line(one)]),
      lost([one]),
      shown([], reloaded),
      final([]),
      ended(reloaded),
    );
    assert.deepEqual(check(happened).violations, []);
  });

  test("an order that begins anew after a fork", () => {
    const happened = history(stored(one), stored(two), told(event(2, 1)), told(fork(0, 2)));
    happened.push({ ...told(event(1, 0)), at: 9_000 });
    assert.deepEqual(check(happened).violations, []);
  });

  test("a session that is heard until a broken server can know of its end", () => {
    const happened = history(
      member(true),
      [500, session(true)],
      [1_000, session(false)],
      [1_200, { type: "fault", fault: "bus-link-deaf", server: "server1.1", until: 18_000 }],
      [30_000, heard(600)],
    );
    assert.deepEqual(check(happened).violations, []);
  });

  test("a message that its author sees refused, being no member any more", () => {
    const happened = history(
      said(1),
      shown([waiting(1, "failed")]),
      final([]),
      ended(ada, { isMember: false, state: "refused" }),
    );
    assert.deepEqual(check(happened).violations, []);
  });
});
