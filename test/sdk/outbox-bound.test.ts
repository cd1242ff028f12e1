/** The outbox has a bound: whoever writes on and on without a link is told so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KlatchError, MemoryStore } from "#sdk/index.ts";
import { UNSENT_MAX } from "#sdk/outbox/outbox.ts";
import { ADA, client } from "#test/support/sdk-clients.ts";
import { World } from "#test/support/sdk-world.ts";

const isFull = (error: unknown) => error instanceof KlatchError && error.code === "outbox-full";

test("500 unsent messages of all rooms together are kept, one more is refused and changes nothing", async () => {
  const world = new World();
  const ada = client(world, ADA);
  const other = ada.klatch.room("7");
  for (let n = 0; n < UNSENT_MAX; n++) (n % 2 === 0 ? ada.room : other).send(`${n}`);
  assert.equal(UNSENT_MAX, 500);
  assert.throws(() => ada.room.send("one more"), isFull);
  assert.throws(() => ada.klatch.room("8").send("one more"), isFull);
  assert.equal(ada.room.entries.length + other.entries.length, UNSENT_MAX);
  // Taking one back makes room for one.
  ada.room.cancel(ada.room.entries[0]?.cid ?? "");
  ada.room.send("instead");
  assert.throws(() => other.send("one more"), isFull);

  for (const room of [ada.room, other]) room.join();
  ada.klatch.connect();
  for (let round = 0; round < 20; round++) await world.deliver();
  assert.equal(world.server.log("0").length + world.server.log("7").length, UNSENT_MAX);
  ada.room.send("there is room again");
  ada.klatch.close();
});

test("what failed is tried again past the bound: it was here before", async () => {
  const world = new World();
  const store = new MemoryStore();
  const error = { code: "not-allowed", detail: "No." } as const;
  const kept = Array.from({ length: UNSENT_MAX + 5 }, (_, n) => {
    return { cid: `kept-${n}`, room: "0", text: `${n}`, at: world.clock.now() + n, error };
  });
  for (const unsent of kept) await store.put("#1", unsent);
  const ada = client(world, ADA, store);
  await world.deliver();
  assert.equal(ada.room.entries.length, kept.length);
  ada.room.retry("kept-0");
  assert.equal(ada.room.entries.length, kept.length);
  assert.throws(() => ada.room.send("one more"), isFull);
});
