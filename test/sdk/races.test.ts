/** Races of the client library: things that cross each other on the way, each told step by step. */
import assert from "node:assert/strict";
import { closing } from "#protocol/closings.ts";
import { test } from "node:test";
import { START } from "#protocol/position.ts";
import { Klatch, MemoryStore } from "#sdk/index.ts";
import type { FetchResponse, Unsent } from "#sdk/index.ts";
import { ADA, client, states, texts, twoInARoom } from "#test/support/sdk-clients.ts";
import { World, settle } from "#test/support/sdk-world.ts";

test("an event that overtakes the answer to a join is held, and applied after it", async () => {
  const world = new World();
  const ada = client(world, ADA);
  world.server.send(2, { room: "0", cid: "", message: "before" });
  ada.room.join();
  ada.klatch.connect();
  ada.line().toClient();
  ada.line().toServer();
  world.server.send(2, { room: "0", cid: "", message: "overtakes" });
  ada.line().spoil("lose");
  const [first, second] = world.server.log("0");
  assert.ok(first && second);
  const { id } = second;
  ada.line().listener.onEvents([{ type: "message", room: "0", id, prev: first.id, data: second }]);
  assert.deepEqual(ada.room.entries, []);
  ada.line().toClient();
  assert.deepEqual(texts(ada.room.entries), ["before", "overtakes"]);
});

test("a fork is acted on at once, although nobody says anything afterwards", async () => {
  const { world, ada, brin } = await twoInARoom();
  ada.room.send("lost, then sent again");
  await world.deliver();
  world.server.lose("0", 1);
  await world.deliver();
  assert.deepEqual(texts(brin.room.entries), ["lost, then sent again"]);
  assert.equal(brin.room.entries[0]?.id, world.server.log("0")[0]?.id);
  assert.equal(ada.room.entries[0]?.id, world.server.log("0")[0]?.id);
});

test("what a fork lost is sent before what was written while the link was down", async () => {
  const { world, ada } = await twoInARoom();
  for (const text of ["kept", "lost"]) ada.room.send(text);
  await world.deliver();
  ada.line().cut();
  ada.room.send("later");
  world.server.lose("0", 1);
  await world.pass(5);
  assert.deepEqual(texts(ada.room.entries), ["kept", "lost", "later"]);
});

test("what a fork lost is kept in the store until it is sent again", async () => {
  const { world, ada } = await twoInARoom();
  for (const text of ["kept", "lost"]) ada.room.send(text);
  await world.deliver();
  ada.line().cut();
  ada.room.send("later");
  world.server.lose("0", 1);
  world.server.refuse = (name) =>
    name === "send" ? { code: "unavailable", detail: "Not now.", retryAfter: 3 } : undefined;
  await world.pass(3);
  assert.deepEqual(states(ada.room.entries), ["stored", "queued", "queued"]);
  const kept = await ada.store.load("#1");
  assert.deepEqual(kept.map(({ text }) => text).sort(), ["later", "lost"]);
  world.server.refuse = undefined;
  await world.pass(10);
  assert.deepEqual(texts(ada.room.entries), ["kept", "lost", "later"]);
});

/** A store that answers only when told to. */
class SlowStore extends MemoryStore {
  readonly open = Promise.withResolvers<undefined>();

  override async load(owner: string): Promise<readonly Unsent[]> {
    await this.open.promise;
    return super.load(owner);
  }
}

test("a slow store holds back what was written later, and shows nothing twice", async () => {
  const world = new World();
  const store = new SlowStore();
  const cid = "written-before-and-stored";
  const unsent = { room: "0", at: world.clock.now() };
  await store.put("#1", { ...unsent, cid, text: "stored after all" });
  await store.put("#1", { ...unsent, at: unsent.at + 1, cid: "written-before", text: "older" });
  world.server.send(1, { room: "0", cid, message: "stored after all" });
  const ada = client(world, ADA, store);
  ada.room.join();
  ada.klatch.connect();
  ada.room.send("newer");
  await world.deliver();
  assert.deepEqual(texts(ada.room.entries), ["stored after all", "newer"]);
  assert.equal(world.server.log("0").length, 1);
  store.open.resolve(undefined);
  await settle();
  assert.deepEqual(texts(ada.room.entries), ["stored after all", "older", "newer"]);
  await world.deliver();
  assert.deepEqual(texts(ada.room.entries), ["stored after all", "older", "newer"]);
  assert.deepEqual(
    world.server.log("0").map(({ message }) => message),
    ["stored after all", "older", "newer"],
  );
});

test("a page that arrives after the list was replaced is not put before it", async () => {
  const world = new World();
  world.server.pageMax = 2;
  world.server.catchUpMax = 1;
  const page = Promise.withResolvers<FetchResponse>();
  const environment = world.environment(() => page.promise);
  const say = (message: string) => world.server.send(2, { room: "0", cid: "", message });
  for (const text of ["m1", "m2", "m3", "m4"]) say(text);
  const klatch = new Klatch({ me: ADA, environment });
  const live = klatch.room("0");
  live.join();
  klatch.connect();
  await world.deliver();
  assert.deepEqual(texts(live.entries), ["m3", "m4"]);
  const loading = live.loadOlder();
  environment.connections.at(-1)?.cut();
  for (const text of ["m5", "m6", "m7", "m8"]) say(text);
  await world.pass(3);
  const body = { messages: world.server.log("0").slice(0, 2), people: [] };
  const headers = { get: () => null };
  page.resolve({ ok: true, status: 200, headers, json: () => Promise.resolve(body) });
  await loading;
  assert.deepEqual(texts(live.entries), ["m7", "m8"]);
  assert.equal(live.hasOlder, true);
});

test("what an old connection still says is not heard", async () => {
  const { world, ada } = await twoInARoom();
  const old = ada.line();
  old.cut();
  await world.pass(3);
  const data = { from: 2, date: 1, message: "ghost", roomId: "0", id: "9.000000", cid: "" };
  old.listener.onEvents([{ type: "message", room: "0", id: data.id, prev: START, data }]);
  old.listener.onClosing(closing("signed-out"));
  old.listener.onOpen();
  old.listener.onEnd({ code: "not-signed-in", detail: "Please sign in." });
  assert.equal(ada.klatch.link.at, "open");
  assert.deepEqual(ada.room.entries, []);
});
