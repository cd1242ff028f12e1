/** Counts of what is unread: the server's, moved along by what is heard, 0 once everything is read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "#protocol/message.ts";
import { START } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { Room as RoomInfo } from "#protocol/room.ts";
import { Directory } from "#sdk/directory/directory.ts";
import type { Fetch } from "#sdk/index.ts";
import { Klatch } from "#sdk/index.ts";
import { ADA } from "#test/support/sdk-clients.ts";
import { World } from "#test/support/sdk-world.ts";

const EMPTY: RoomInfo = {
  id: "1",
  kind: "open",
  name: "Kitchen",
  topic: "",
  posting: "everyone",
  archived: false,
  role: "member",
  members: 2,
  people: [],
  position: START,
  read: START,
  unread: 0,
  mentions: 0,
};

/** Ada's directory with one room; `reads` are the positions the server was told. */
async function kitchen(first: Partial<RoomInfo> = {}) {
  const world = new World();
  let told: RoomInfo = { ...EMPTY, ...first };
  let fetches = 0;
  const fetch: Fetch = () => {
    fetches++;
    const list = { rooms: [told], people: [] };
    const headers = { get: () => null };
    return Promise.resolve({ ok: true, status: 200, headers, json: () => Promise.resolve(list) });
  };
  const reads: Position[] = [];
  const { server } = world;
  const carryOut = server.carryOut.bind(server);
  server.carryOut = (connection, name, body) => {
    if (name !== "read") return carryOut(connection, name, body);
    assert.ok(typeof body === "object" && body !== null && "position" in body);
    const { position } = body;
    assert.ok(typeof position === "string");
    reads.push(position);
    return { read: position, unread: 0, mentions: 0 };
  };
  const environment = world.environment(fetch);
  const klatch = new Klatch({ me: ADA, environment });
  const directory = new Directory(klatch, environment);
  klatch.connect();
  await world.deliver();
  const say = async (from: number, more: Partial<Message> = {}): Promise<Message> => {
    const cid = `cid-${server.log("1").length}-message`;
    world.clock.advance(10);
    const { id, date } = server.send(from, { room: "1", cid, message: "Hello" });
    const log = server.log("1");
    const message = { from, date, message: "Hello", roomId: "1", id, cid, ...more };
    // What the server knows more of it has to be in the event, too.
    Object.assign(log.at(-1) ?? {}, more);
    await world.deliver();
    return message;
  };
  const counts = () => {
    const [room] = directory.rooms;
    return [room?.unread, room?.mentions, room?.read];
  };
  const notice = (position: Position) => {
    environment.connections.at(-1)?.listener.onNotice?.({
      type: "read",
      data: { room: "1", position },
    });
  };
  const tell = (next: Partial<RoomInfo>) => (told = { ...told, ...next });
  return {
    world,
    klatch,
    directory,
    environment,
    reads,
    say,
    counts,
    notice,
    tell,
    fetches: () => fetches,
  };
}

test("what others say is unread, what names me is a mention; saying something reads it all", async () => {
  const ada = await kitchen();
  await ada.say(2);
  await ada.say(2, { mentions: [ADA.id] });
  await ada.say(2, { calls: "room" });
  assert.deepEqual(ada.counts(), [3, 2, START]);
  const mine = await ada.say(ADA.id);
  assert.deepEqual(ada.counts(), [0, 0, mine.id]);
  ada.klatch.close();
  assert.equal(ada.world.clock.timers, 0);
});

test("counts end at a hundred", async () => {
  const ada = await kitchen({ unread: 99 });
  await ada.say(2);
  await ada.say(2);
  assert.equal(ada.counts()[0], 100);
  ada.klatch.close();
});

test("reading shows at once, is told at most once a second, and waits for the link", async () => {
  const ada = await kitchen();
  const places: Position[] = [];
  for (let n = 0; n < 4; n++) {
    const { id } = await ada.say(2);
    places.push(id);
    ada.directory.read("1", id);
    assert.deepEqual(ada.counts(), [0, 0, id]);
  }
  await ada.world.deliver();
  assert.deepEqual(ada.reads, places.slice(0, 1));
  await ada.world.pass(2);
  assert.deepEqual(ada.reads, [places[0], places[3]]);
  // An earlier place changes nothing.
  ada.directory.read("1", places[1] ?? "");
  await ada.world.pass(2);
  assert.equal(ada.reads.length, 2);

  const { id } = await ada.say(2);
  ada.environment.connections.at(-1)?.cut();
  ada.directory.read("1", id);
  await ada.world.pass(30);
  assert.equal(ada.reads.at(-1), id);
  ada.klatch.close();
  assert.equal(ada.world.clock.timers, 0);
});

test("what another device has read counts here; what only the server can count is asked for", async () => {
  const ada = await kitchen();
  const first = await ada.say(2);
  const second = await ada.say(2);
  const before = ada.fetches();
  ada.notice(second.id);
  assert.deepEqual(ada.counts(), [0, 0, second.id]);
  assert.equal(ada.fetches(), before);
  // Back: marked unread from there.
  ada.tell({ position: second.id, last: second, read: first.id, unread: 1 });
  ada.notice(first.id);
  await ada.world.pass(2);
  assert.deepEqual(ada.counts(), [1, 0, first.id]);
  assert.equal(ada.fetches(), before + 1);
  ada.klatch.close();
});

test("a deletion of what is unread is counted anew, a reaction is not", async () => {
  const ada = await kitchen();
  const said = await ada.say(2);
  const before = ada.fetches();
  const change = (type: "delete" | "reaction", id: Position, prev: Position) =>
    ada.world.server.tell([{ type, room: "1", id, prev, data: { ...said, message: "" } }]);
  const later = "1900000000.000001";
  change("reaction", later, said.id);
  await ada.world.pass(2);
  assert.equal(ada.fetches(), before);
  const last = "1900000000.000002";
  ada.tell({ position: last, unread: 0 });
  change("delete", last, later);
  await ada.world.pass(2);
  assert.equal(ada.fetches(), before + 1);
  assert.equal(ada.counts()[0], 0);
  ada.klatch.close();
});

test("marked unread, it stays so: what was about to be told as read is not told any more", async () => {
  const ada = await kitchen();
  const first = await ada.say(2);
  const second = await ada.say(2);
  ada.directory.read("1", first.id);
  ada.directory.read("1", second.id);
  ada.tell({ position: second.id, last: second, read: START, unread: 2 });
  const marked = ada.directory.unread("1", START);
  await ada.world.deliver();
  await marked;
  await ada.world.pass(5);
  assert.deepEqual(ada.reads, [first.id, START]);
  assert.deepEqual(ada.counts(), [2, 0, START]);
  ada.klatch.close();
  assert.equal(ada.world.clock.timers, 0);
});
