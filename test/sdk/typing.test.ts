/** Who is typing: shown for six seconds, or until they have said it; told at most every two. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { Typing } from "#sdk/directory/typing.ts";
import { Klatch } from "#sdk/index.ts";
import { ADA } from "#test/support/sdk-clients.ts";
import { World } from "#test/support/sdk-world.ts";

async function typingOf() {
  const world = new World();
  const told: string[] = [];
  const carryOut = world.server.carryOut.bind(world.server);
  world.server.carryOut = (connection, name, body) => {
    if (name !== "typing") return carryOut(connection, name, body);
    told.push(JSON.stringify(body));
    return {};
  };
  const environment = world.environment();
  const klatch = new Klatch({ me: ADA, environment });
  const typing = new Typing(klatch, environment);
  const changes: string[] = [];
  typing.onChange((room) => changes.push(`${room}: ${typing.of(room).join()}`));
  klatch.connect();
  await world.deliver();
  const hear = (user: number) => {
    const { listener } = environment.connections.at(-1) ?? {};
    listener?.onNotice?.({ type: "typing", data: { room: "0", user } });
  };
  return { world, klatch, typing, told, changes, hear };
}

test("[TY2] somebody shows for six seconds after they last typed", async () => {
  const { world, typing, changes, hear } = await typingOf();
  hear(7);
  world.clock.advance(LIMITS.typingShownMs - 1);
  hear(8);
  hear(7);
  world.clock.advance(LIMITS.typingShownMs - 1);
  assert.deepEqual(typing.of("0"), [7, 8]);
  world.clock.advance(1);
  assert.deepEqual(typing.of("0"), []);
  assert.deepEqual(changes.slice(0, 2), ["0: 7", "0: 7,8"]);
});

test("who has said it is typing no more, and nobody is once the link is gone", async () => {
  const { world, klatch, typing, hear } = await typingOf();
  klatch.room("0").join();
  await world.deliver();
  hear(7);
  hear(8);
  world.server.send(7, { room: "0", cid: "said-by-seven", message: "there" });
  await world.deliver();
  assert.deepEqual(typing.of("0"), [8]);
  klatch.close();
  assert.deepEqual(typing.of("0"), []);
});

test("one's own typing is told at most every two seconds, and not without a link", async () => {
  const { world, klatch, typing, told } = await typingOf();
  typing.type("0");
  world.clock.advance(LIMITS.typingEveryMs - 1);
  typing.type("0");
  typing.type("1");
  await world.deliver();
  assert.deepEqual(told, ['{"room":"0"}', '{"room":"1"}']);
  world.clock.advance(1);
  typing.type("0");
  await world.deliver();
  assert.equal(told.length, 3);
  klatch.close();
  world.clock.advance(LIMITS.typingEveryMs);
  typing.type("0");
  await world.deliver();
  assert.equal(told.length, 3);
});
