/** Reactions and answers in the client: told after a break, carried through every try to send. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomEvent } from "#sdk/index.ts";
import { client, twoInARoom, ADA } from "#test/support/sdk-clients.ts";
import { World, settle } from "#test/support/sdk-world.ts";

test("a reaction missed during a break is told as one, and shows", async () => {
  const { world, ada, brin } = await twoInARoom();
  const { server } = world;
  ada.room.send("Hello");
  await world.deliver();
  const said = server.log("0").at(-1);
  assert.ok(said);
  const marked = `${Number(said.id.split(".")[0]) + 1}.000001`;
  const carryOut = server.carryOut.bind(server);
  server.carryOut = (connection, name, body) => {
    const answer = carryOut(connection, name, body);
    if (name !== "join" || typeof answer !== "object") return answer;
    const changes = [{ ...said, reactions: { "👍": [2] }, marked }];
    return { ...answer, state: "recovered", messages: [], changes, position: marked };
  };
  const events: RoomEvent[] = [];
  const stream = ada.room.events();
  void (async () => {
    for await (const event of stream) events.push(event);
  })();
  ada.line().cut();
  await world.pass(30);
  await settle();
  assert.deepEqual(
    events.map(({ type, id }) => [type, id]),
    [["reaction", marked]],
  );
  assert.deepEqual(ada.room.entries[0]?.reactions, { "👍": [2] });
  ada.klatch.close();
  brin.klatch.close();
});

test("an answer names its original while it waits, when it is sent, and after a refusal", async () => {
  const world = new World();
  const ada = client(world, ADA);
  const sent: unknown[] = [];
  let refusals = 1;
  world.server.refuse = (name, body) => {
    if (name !== "send") return undefined;
    sent.push(body);
    return refusals-- > 0 ? { code: "archived", detail: "Not here." } : undefined;
  };
  ada.room.join();
  const cid = ada.room.send("I do", { replyTo: "1600000000.000001" });
  assert.equal(ada.room.entries[0]?.replyTo, "1600000000.000001");
  ada.klatch.connect();
  await world.deliver();
  assert.equal(ada.room.entries[0]?.state, "failed");
  ada.room.retry(cid);
  assert.equal(ada.room.entries[0]?.error, undefined);
  await world.deliver();
  const command = { room: "0", cid, message: "I do", replyTo: "1600000000.000001" };
  assert.deepEqual(sent, [command, command]);
  ada.klatch.close();
});
