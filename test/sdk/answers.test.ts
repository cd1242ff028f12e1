/**
 * A message's event and its acknowledgement come in either order: what is shown and told is the
 * same.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JoinResult } from "#protocol/commands.ts";
import type { Message } from "#protocol/message.ts";
import type { RoomEvent } from "#sdk/index.ts";
import { states, texts, twoInARoom } from "#test/support/sdk-clients.ts";
import { settle } from "#test/support/sdk-world.ts";
import type { FakeServer } from "#test/support/sdk-world.ts";

const ORDERS = ["event", "acknowledgement"] as const;

/** Ada in her room, with all that is told of it; `hear` brings her what her command led to. */
async function listening(first: (typeof ORDERS)[number]) {
  const { world, ada } = await twoInARoom();
  const { room } = ada;
  const shown: string[][] = [];
  const added: string[] = [];
  const events: RoomEvent[] = [];
  room.onChange((change) => {
    shown.push(states(room.entries));
    added.push(...texts(change.added));
  });
  void (async () => {
    for await (const event of room.events()) events.push(event);
  })();
  const hold: RoomEvent[][] = [];
  const tell = world.server.tell.bind(world.server);
  world.server.tell = (frame) => (first === "event" ? tell(frame) : hold.push([...frame]));
  const hear = () => {
    ada.line().toServer(1);
    for (const frame of hold.splice(0)) tell(frame);
    ada.line().toClient(1);
  };
  const hearRest = async () => {
    ada.line().toClient(1);
    await settle();
  };
  return { world, ada, room, shown, added, events, hear, hearRest };
}

for (const first of ORDERS) {
  test(`the ${first} first: a line is sent, then stored, and told once`, async () => {
    const { world, room, shown, added, events, hear, hearRest } = await listening(first);
    const cid = room.send("hello");
    hear();
    assert.deepEqual(states(room.entries), ["stored"]);
    await hearRest();
    assert.deepEqual(states(room.entries), ["stored"]);
    assert.equal(room.entries[0]?.cid, cid);
    assert.equal(room.entries[0]?.id, world.server.log("0")[0]?.id);
    assert.deepEqual(
      shown.filter((now, index) => now[0] !== shown[index - 1]?.[0]),
      [["sending"], ["stored"]],
    );
    assert.deepEqual(added, ["hello"]);
    assert.deepEqual(
      events.map(({ type, data }) => [type, data?.message]),
      [["message", "hello"]],
    );
    assert.equal(world.clock.timers, 0);
  });

  test(`the ${first} first: the next message does not wait for the second of the two`, async () => {
    const { world, room, hear, hearRest } = await listening(first);
    for (const text of ["one", "two", "three"]) room.send(text);
    assert.deepEqual(states(room.entries), ["sending", "queued", "queued"]);
    hear();
    assert.deepEqual(states(room.entries), ["stored", "sending", "queued"]);
    await hearRest();
    assert.deepEqual(states(room.entries), ["stored", "sending", "queued"]);
    for (let n = 0; n < 2; n++) {
      hear();
      await hearRest();
    }
    assert.deepEqual(states(room.entries), ["stored", "stored", "stored"]);
    assert.deepEqual(
      world.server.log("0").map(({ message }) => message),
      ["one", "two", "three"],
    );
  });

  for (const name of ["edit", "remove"] as const) {
    test(`the ${first} first: to ${name} a message changes its line once`, async () => {
      const { world, ada, room, events, hear, hearRest } = await listening(first);
      changing(world.server);
      room.send("before");
      hear();
      await hearRest();
      const [line] = room.entries;
      assert.ok(line?.id);
      let isDone = false;
      const change = name === "edit" ? room.edit(line.id, "after") : room.remove(line.id);
      const done = change.then(() => (isDone = true));
      hear();
      await settle();
      assert.equal(isDone, first === "acknowledgement");
      assert.deepEqual(texts(room.entries), [first === "event" ? after(name) : "before"]);
      await hearRest();
      await done;
      assert.deepEqual(texts(room.entries), [after(name)]);
      assert.equal(room.entries[0]?.cid, line.cid);
      assert.deepEqual(
        events.map(({ type }) => type),
        ["message", name === "edit" ? "edit" : "delete"],
      );
      assert.equal(ada.environment.connections.length, 1);
    });
  }
}

const after = (name: "edit" | "remove") => (name === "edit" ? "after" : "");

/** Teaches the server of the test to change the only message there is. */
function changing(server: FakeServer): void {
  const carryOut = server.carryOut.bind(server);
  server.carryOut = (connection, name, body) => {
    const [message] = server.log("0");
    if (message === undefined || (name !== "edit" && name !== "remove")) {
      return carryOut(connection, name, body);
    }
    const id = changeId(message, 1);
    const data = changed(message, id, name);
    const type = name === "edit" ? "edit" : "delete";
    server.tell([{ type, room: "0", id, prev: message.id, data }]);
    return { id };
  };
}

const changeId = ({ id }: Message, n: number) => `${Number(id.split(".")[0]) + n}.000000`;

function changed(message: Message, id: string, name: "edit" | "remove"): Message {
  return name === "edit"
    ? { ...message, message: "after", edited: id }
    : { ...message, message: "", deleted: id };
}

test("what changed twice while away is shown and told once, where it belongs", async () => {
  const { world, ada, room, events, added } = await listening("event");
  for (const text of ["one", "two"]) room.send(text);
  await world.deliver();
  const [one, two] = world.server.log("0");
  assert.ok(one && two);
  ada.line().cut();
  const edited = changed(one, changeId(one, 2), "edit");
  const removed = changed(two, changeId(two, 4), "remove");
  const said = { ...two, from: 2, message: "three", cid: "", id: changeId(two, 3) };
  const position = changeId(two, 4);
  const result: JoinResult = {
    state: "recovered",
    messages: [said],
    changes: [edited, removed, edited, removed],
    position,
    people: [],
  };
  const carryOut = world.server.carryOut.bind(world.server);
  world.server.carryOut = (connection, name, body) => {
    return name === "join" ? result : carryOut(connection, name, body);
  };
  await world.pass(3);
  assert.deepEqual(texts(room.entries), ["after", "", "three"]);
  assert.deepEqual(added, ["one", "two", "three"]);
  const told = events.slice(2);
  assert.deepEqual(
    told.map(({ type, id, data }) => [type, id, data?.message]),
    [
      ["edit", edited.edited, "after"],
      ["message", said.id, "three"],
      ["delete", removed.deleted, ""],
    ],
  );
  assert.deepEqual(
    told.map(({ prev }) => prev),
    [two.id, ...told.slice(0, -1).map(({ id }) => id)],
  );
});
