/** The client library as a whole, over a connection where the test decides when each side hears. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Klatch, KlatchError, MemoryStore } from "#sdk/index.ts";
import type { FetchResponse, RoomEvent } from "#sdk/index.ts";
import { ADA, BRIN, client, states, texts, twoInARoom } from "#test/support/sdk-clients.ts";
import { World, settle } from "#test/support/sdk-world.ts";

test("what one says, both see once, in one order", async () => {
  const { world, ada, brin } = await twoInARoom();
  ada.room.send("one");
  ada.room.send("two");
  brin.room.send("three");
  await world.deliver();
  assert.deepEqual(
    ada.room.entries,
    brin.room.entries.map((entry, index) => ({
      ...entry,
      cid: ada.room.entries[index]?.cid,
    })),
  );
  assert.equal(ada.room.entries.length, 3);
  assert.deepEqual(states(ada.room.entries), ["stored", "stored", "stored"]);
  assert.deepEqual(
    texts(ada.room.entries),
    world.server.log("0").map(({ message }) => message),
  );
});

test("a line goes from queued over sending to stored and keeps its cid", async () => {
  const { world, ada } = await twoInARoom();
  const first = ada.room.send("first");
  const second = ada.room.send("second");
  assert.deepEqual(states(ada.room.entries), ["sending", "queued"]);
  await world.deliver();
  assert.deepEqual(
    ada.room.entries.map(({ cid, state }) => [cid, state]),
    [
      [first, "stored"],
      [second, "stored"],
    ],
  );
});

test("what is written while there is no link waits, and goes out in order", async () => {
  const world = new World();
  const ada = client(world, ADA);
  for (const text of ["a", "b", "c"]) ada.room.send(text);
  assert.deepEqual(states(ada.room.entries), ["queued", "queued", "queued"]);
  ada.room.join();
  ada.klatch.connect();
  await world.deliver();
  assert.deepEqual(
    world.server.log("0").map(({ message }) => message),
    ["a", "b", "c"],
  );
  assert.deepEqual(states(ada.room.entries), ["stored", "stored", "stored"]);
});

test("a lost acknowledgement stores nothing twice", async () => {
  const { world, ada, brin } = await twoInARoom();
  ada.room.send("once");
  ada.line().toServer();
  ada.line().cut();
  assert.equal(ada.klatch.link.at, "waiting");
  assert.deepEqual(states(ada.room.entries), ["queued"]);
  await world.pass(3);
  assert.equal(world.server.log("0").length, 1);
  assert.deepEqual(states(ada.room.entries), ["stored"]);
  assert.equal(brin.room.entries.length, 1);
});

test("a message never reached by the server is sent again", async () => {
  const { world, ada } = await twoInARoom();
  ada.room.send("lost on the way");
  ada.line().cut();
  await world.pass(3);
  assert.equal(world.server.log("0").length, 1);
});

test("unsent messages survive a crash and go out under the same cid, before new ones", async () => {
  const world = new World();
  const store = new MemoryStore();
  const before = client(world, ADA, store);
  const cid = before.room.send("written before the crash");
  await settle();
  const after = client(world, ADA, store);
  after.room.send("written after it");
  after.room.join();
  after.klatch.connect();
  await world.deliver();
  const log = world.server.log("0");
  assert.deepEqual(
    log.map(({ message }) => message),
    ["written before the crash", "written after it"],
  );
  assert.equal(log[0]?.cid, cid);
  assert.deepEqual(await store.load("#1"), []);
});

test("a message stored just before a crash is neither sent nor shown twice", async () => {
  const world = new World();
  const store = new MemoryStore();
  const before = client(world, ADA, store);
  before.room.join();
  before.klatch.connect();
  await world.deliver();
  before.room.send("stored");
  await settle();
  before.line().toServer();
  before.line().close();
  const after = client(world, ADA, store);
  after.room.join();
  after.klatch.connect();
  await world.deliver();
  assert.deepEqual(texts(after.room.entries), ["stored"]);
  assert.equal(world.server.log("0").length, 1);
});

test("another person on the same device does not send what the last one left", async () => {
  const world = new World();
  const store = new MemoryStore();
  client(world, ADA, store).room.send("ada's secret");
  await settle();
  const brin = client(world, BRIN, store);
  brin.room.join();
  brin.klatch.connect();
  await world.deliver();
  assert.deepEqual(brin.room.entries, []);
  assert.deepEqual(world.server.log("0"), []);
});

test("a refused message holds nobody up and can be retried or removed", async () => {
  const { world, ada } = await twoInARoom();
  const error = { code: "not-found", detail: "There is no such room." } as const;
  world.server.refuse = (name, body) =>
    name === "send" && JSON.stringify(body).includes("bad") ? error : undefined;
  const first = ada.room.send("bad one");
  ada.room.send("good");
  const second = ada.room.send("bad two");
  await world.deliver();
  assert.deepEqual(
    ada.room.entries.map(({ text, state }) => `${text} ${state}`),
    ["good stored", "bad one failed", "bad two failed"],
  );
  assert.deepEqual(ada.room.entries[1]?.error, error);
  world.server.refuse = undefined;
  ada.room.cancel(second);
  ada.room.retry(first);
  await world.deliver();
  assert.deepEqual(texts(ada.room.entries), ["good", "bad one"]);
  assert.equal(ada.room.entries[1]?.cid, first);
});

test("a passing refusal is waited out, in order, with nothing shown as failed", async () => {
  const { world, ada } = await twoInARoom();
  let refusals = 0;
  world.server.refuse = (name) => {
    if (name !== "send" || refusals++ > 1) return undefined;
    return { code: "too-many-requests", detail: "Too fast.", retryAfter: 2 };
  };
  ada.room.send("first");
  ada.room.send("second");
  await world.deliver();
  assert.deepEqual(states(ada.room.entries), ["queued", "queued"]);
  ada.room.send("third");
  await world.pass(1);
  assert.equal(refusals, 1);
  assert.equal(world.server.log("0").length, 0);
  await world.pass(8);
  assert.deepEqual(texts(ada.room.entries), ["first", "second", "third"]);
  assert.deepEqual(states(ada.room.entries), ["stored", "stored", "stored"]);
});

test("what cannot be sent is refused before it is queued", async () => {
  const { ada } = await twoInARoom();
  for (const text of ["", "   ", "a".repeat(4_001), "\u0000"]) {
    assert.throws(
      () => ada.room.send(text),
      (error) => error instanceof KlatchError && error.code === "message-not-allowed",
    );
  }
  assert.deepEqual(ada.room.entries, []);
});

test("a cancelled message is not sent", async () => {
  const world = new World();
  const store = new MemoryStore();
  const ada = client(world, ADA, store);
  ada.room.cancel(ada.room.send("never mind"));
  ada.room.join();
  ada.klatch.connect();
  await world.deliver();
  assert.deepEqual(world.server.log("0"), []);
  assert.deepEqual(await store.load("#1"), []);
});

test("a message that waited for a day asks its author first", async () => {
  const world = new World();
  const ada = client(world, ADA);
  const cid = ada.room.send("lunch today?");
  ada.room.send("anyone?");
  world.clock.advance(24 * 3_600_000);
  ada.room.join();
  ada.klatch.connect();
  await world.deliver();
  assert.deepEqual(states(ada.room.entries), ["failed", "failed"]);
  assert.deepEqual(world.server.log("0"), []);
  ada.room.retry(cid);
  await world.deliver();
  assert.deepEqual(
    world.server.log("0").map(({ message }) => message),
    ["lunch today?"],
  );
});

test("what was missed is told in order, as if it had been heard live", async () => {
  const { world, ada, brin } = await twoInARoom();
  const heard: RoomEvent[] = [];
  const added: string[] = [];
  ada.room.onChange((change) => added.push(...texts(change.added)));
  const reading = (async () => {
    for await (const event of ada.room.events()) heard.push(event);
  })();
  brin.room.send("heard live");
  await world.deliver();
  ada.line().cut();
  brin.room.send("missed one");
  brin.room.send("missed two");
  for (let n = 0; n < 4; n++) {
    brin.line().toServer();
    brin.line().toClient();
  }
  await world.pass(3);
  ada.room.leave();
  await reading;
  const expected = ["heard live", "missed one", "missed two"];
  assert.deepEqual(texts(ada.room.entries), expected);
  assert.deepEqual(added, expected);
  assert.deepEqual(
    heard.map(({ data }) => data?.message),
    expected,
  );
  assert.deepEqual(
    heard.slice(1).map(({ prev }) => prev),
    heard.slice(0, -1).map(({ id }) => id),
  );
});

test("a frame that got lost is noticed by the next one, and fetched", async () => {
  const { world, ada, brin } = await twoInARoom();
  for (const text of ["one", "two"]) brin.room.send(text);
  for (let n = 0; n < 4; n++) {
    brin.line().toServer();
    brin.line().toClient();
  }
  ada.line().spoil("lose");
  await world.deliver();
  assert.deepEqual(texts(ada.room.entries), ["one", "two"]);
});

test("a long break replaces the list, and older pages bring the rest", async () => {
  const world = new World();
  world.server.pageMax = 3;
  world.server.catchUpMax = 3;
  const environment = world.environment((url) => {
    const before = new URL(url, "http://x/").searchParams.get("before") ?? undefined;
    return Promise.resolve(answer(200, { people: [], ...world.server.page("0", before) }));
  });
  const ada = new Klatch({ me: ADA, environment });
  const room = ada.room("0");
  room.join();
  ada.connect();
  await world.deliver();
  world.server.send(2, { room: "0", cid: "", message: "m0" });
  await world.deliver();
  environment.connections[0]?.cut();
  for (let n = 1; n < 8; n++) world.server.send(2, { room: "0", cid: "", message: `m${n}` });
  await world.pass(3);
  assert.deepEqual(texts(room.entries), ["m5", "m6", "m7"]);
  assert.equal(room.hasOlder, true);
  await Promise.all([room.loadOlder(), room.loadOlder()]);
  assert.deepEqual(texts(room.entries), ["m2", "m3", "m4", "m5", "m6", "m7"]);
  await room.loadOlder();
  assert.equal(room.entries.length, 8);
  assert.equal(room.hasOlder, false);
  await room.loadOlder();
});

test("what Redis lost is sent again by its author, and shown once, by all", async () => {
  const { world, ada, brin } = await twoInARoom();
  for (const text of ["kept", "lost one", "lost two"]) ada.room.send(text);
  await world.deliver();
  const before = ada.room.entries;
  world.server.lose("0", 2);
  brin.room.send("after");
  await world.pass(1);
  const shown = texts(ada.room.entries);
  assert.deepEqual(new Set(shown), new Set(["kept", "lost one", "lost two", "after"]));
  assert.equal(shown.length, 4);
  assert.deepEqual(texts(brin.room.entries), shown);
  assert.ok(shown.indexOf("lost one") < shown.indexOf("lost two"));
  const moved = ada.room.entries.find(({ text }) => text === "lost one");
  assert.equal(moved?.cid, before[1]?.cid);
  assert.notEqual(moved?.id, before[1]?.id);
});

test("an acknowledged message that Redis lost before its event came is sent again", async () => {
  const { world, ada } = await twoInARoom();
  ada.room.send("acknowledged");
  ada.line().toServer();
  ada.line().spoil("lose");
  ada.line().toClient();
  assert.deepEqual(states(ada.room.entries), ["stored"]);
  ada.line().cut();
  world.server.lose("0", 1);
  await world.pass(3);
  assert.deepEqual(texts(ada.room.entries), ["acknowledged"]);
  assert.equal(ada.room.entries[0]?.id, world.server.log("0")[0]?.id);
});

test("nobody can take my line's place by repeating its cid", async () => {
  const { world, ada } = await twoInARoom();
  const cid = ada.room.send("mine");
  await world.deliver();
  world.server.send(BRIN.id, { room: "0", cid, message: "forged" });
  world.server.send(BRIN.id, { room: "0", cid: "", message: "no cid" });
  await world.deliver();
  assert.deepEqual(texts(ada.room.entries), ["mine", "forged", "no cid"]);
  assert.equal(new Set(ada.room.entries.map((entry) => entry.cid)).size, 3);
});

test("a room that is not ours is refused; one out of reach is tried again", async () => {
  const world = new World();
  const ada = client(world, ADA);
  let code: "not-found" | "unavailable" = "unavailable";
  world.server.refuse = (name) => (name === "join" ? { code, detail: "No." } : undefined);
  ada.room.join();
  ada.klatch.connect();
  await world.deliver();
  assert.equal(ada.room.state, "joining");
  code = "not-found";
  await world.pass(30);
  assert.equal(ada.room.state, "refused");
  assert.equal(ada.room.error?.detail, "No.");
  world.server.refuse = undefined;
  ada.room.join();
  await world.deliver();
  assert.equal(ada.room.state, "live");
});

test("after leaving nothing is heard; joining again fetches what was said meanwhile", async () => {
  const { world, ada, brin } = await twoInARoom();
  ada.room.leave();
  brin.room.send("behind her back");
  await world.deliver();
  assert.deepEqual(ada.room.entries, []);
  ada.room.join();
  await world.deliver();
  assert.deepEqual(texts(ada.room.entries), ["behind her back"]);
});

test("unchanged lines stay the same objects, and an unchanged list the same array", async () => {
  const { world, ada, brin } = await twoInARoom();
  brin.room.send("one");
  await world.deliver();
  const before = ada.room.entries;
  assert.equal(ada.room.entries, before);
  brin.room.send("two");
  await world.deliver();
  assert.equal(before.length, 1);
  assert.equal(ada.room.entries[0], before[0]);
});

test("a listener that throws harms nobody", async (t) => {
  const { world, ada, brin } = await twoInARoom();
  const uncaught: unknown[] = [];
  const reports = t.mock.method(globalThis, "queueMicrotask", (run: () => void) => {
    try {
      run();
    } catch (error) {
      uncaught.push(error);
    }
  });
  ada.room.onChange(() => {
    throw new Error("a flaw in the page");
  });
  brin.room.send("hello");
  await world.deliver();
  reports.mock.restore();
  assert.deepEqual(texts(ada.room.entries), ["hello"]);
  assert.match(String(uncaught[0]), /a flaw in the page/u);
});

test("people are asked about together, once, and told when known", async () => {
  const { world, ada } = await twoInARoom();
  let told = 0;
  ada.klatch.onPeople(() => told++);
  assert.equal(ada.klatch.person(7), undefined);
  ada.klatch.person(8);
  ada.klatch.person(5_000);
  ada.klatch.person(0);
  await world.pass(1);
  assert.equal(ada.klatch.person(7)?.username, "p7");
  assert.equal(ada.klatch.person(8)?.username, "p8");
  assert.equal(ada.klatch.person(5_000), undefined);
  assert.equal(ada.klatch.person(1), ADA);
  assert.equal(told, 1);
});

function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): FetchResponse {
  return {
    ok: status < 400,
    status,
    headers: new Headers(headers),
    json: () => Promise.resolve(body),
  };
}
