/** The directory: a list of rooms that stays true through notices, events and breaks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoomsNotice } from "#protocol/commands.ts";
import type { Message } from "#protocol/message.ts";
import { START } from "#protocol/position.ts";
import type { PresenceChange } from "#protocol/presence.ts";
import type { Room as RoomInfo } from "#protocol/room.ts";
import { Directory } from "#sdk/directory/directory.ts";
import { Online } from "#sdk/directory/online.ts";
import type { Fetch } from "#sdk/index.ts";
import { Klatch, KlatchError } from "#sdk/index.ts";
import { ADA } from "#test/support/sdk-clients.ts";
import { World } from "#test/support/sdk-world.ts";

const base = {
  topic: "",
  posting: "everyone",
  archived: false,
  role: "member",
  members: 2,
  read: START,
  unread: 0,
  mentions: 0,
} as const;

function roomOf(id: string, more: Partial<RoomInfo> = {}): RoomInfo {
  return { ...base, id, kind: "open", name: `Room ${id}`, people: [], position: START, ...more };
}

/** Ada's client and directory; `answer` is what the REST side says, by "METHOD path". */
async function directoryOf(rooms: readonly RoomInfo[]) {
  const world = new World();
  const answers = new Map<string, unknown>([["GET /api/rooms", { rooms, people: [] }]]);
  const asked: string[] = [];
  const held: (() => void)[] = [];
  let isHeld = false;
  const fetch: Fetch = async (url, { method, body }) => {
    const what = `${method} ${url}`;
    asked.push(body === undefined ? what : `${what} ${body}`);
    const answer = answers.get(what);
    if (isHeld) {
      await new Promise<void>((resolve) => {
        held.push(resolve);
      });
    }
    const status = answer === undefined ? 404 : answer === null ? 204 : 200;
    const problem = { code: "not-found", detail: "There is nothing here." };
    const json = () => Promise.resolve(answer ?? problem);
    return { ok: status < 300, status, headers: { get: () => null }, json };
  };
  const online: number[] = [];
  const { server } = world;
  const carryOut = server.carryOut.bind(server);
  server.carryOut = (connection, name, body) => {
    if (name !== "online") return carryOut(connection, name, body);
    return server.refuse?.(name, body) ? { error: BUSY } : { online: [...online], away: [] };
  };
  const environment = world.environment(fetch);
  const klatch = new Klatch({ me: ADA, environment });
  const directory = new Directory(klatch, environment);
  const presence = new Online(klatch, environment);
  const gone: string[] = [];
  directory.onGone(({ name }) => gone.push(name));
  klatch.connect();
  await world.deliver();
  const notice = (data: RoomsNotice) =>
    environment.connections.at(-1)?.listener.onNotice?.({ type: "rooms", data });
  const tell = (data: PresenceChange) =>
    environment.connections.at(-1)?.listener.onNotice?.({ type: "presence", data });
  const list = (next: readonly RoomInfo[]) => {
    answers.set("GET /api/rooms", { rooms: next, people: [] });
  };
  const hold = () => (isHeld = true);
  const release = () => {
    isHeld = false;
    for (const one of held.splice(0)) one();
  };
  const ids = () => directory.rooms.map(({ id }) => id);
  const fetches = () => asked.filter((one) => one === "GET /api/rooms").length;
  return {
    world,
    klatch,
    environment,
    directory,
    presence,
    gone,
    online,
    answers,
    asked,
    notice,
    tell,
    list,
    hold,
    release,
    ids,
    fetches,
  };
}

const BUSY = { code: "busy", detail: "Not now." } as const;

function said(world: World, room: string, text: string): Message {
  const cid = `cid-${text.replace(/\W/gu, "-")}`;
  world.server.send(2, { room, cid, message: text });
  const message = world.server.log(room).at(-1);
  assert.ok(message);
  return message;
}

test("the list is fetched with the link, the newest event first, and again after every break", async () => {
  const older = roomOf("1", { position: "100.000000" });
  const newer = roomOf("2", { position: "200.000000" });
  const ada = await directoryOf([older, newer]);
  assert.deepEqual(ada.ids(), ["2", "1"]);
  assert.equal(ada.directory.isLoaded, true);
  ada.list([older, newer, roomOf("3", { position: "300.000000" })]);
  ada.environment.connections.at(-1)?.cut();
  await ada.world.pass(30);
  assert.deepEqual(ada.ids(), ["3", "2", "1"]);
  assert.equal(ada.fetches(), 2);
  ada.klatch.close();
});

test("a notice fetches it anew; many at once cost one more request", async () => {
  const ada = await directoryOf([roomOf("1")]);
  ada.list([roomOf("1", { name: "Renamed" })]);
  for (let n = 0; n < 10; n++) ada.notice({ room: "1" });
  await ada.world.deliver();
  assert.equal(ada.directory.rooms[0]?.name, "Renamed");
  assert.equal(ada.fetches(), 3);
  ada.klatch.close();
});

test("what is said moves a room up, also one that nobody has open", async () => {
  const ada = await directoryOf([roomOf("1"), roomOf("2")]);
  const { world, directory } = ada;
  let changes = 0;
  directory.onChange(() => changes++);
  const message = said(world, "2", "hello");
  await world.deliver();
  assert.deepEqual(ada.ids(), ["2", "1"]);
  assert.deepEqual(directory.rooms[0]?.last, message);
  assert.equal(changes, 1);
  // What was said during a break is in the list, or in the answer to the join.
  ada.environment.connections.at(-1)?.cut();
  const missed = said(world, "1", "meanwhile");
  await world.pass(30);
  assert.deepEqual(ada.ids(), ["1", "2"]);
  assert.deepEqual(directory.rooms[0]?.last, missed);
  ada.klatch.close();
});

test("a room that is gone is told, once, and not heard any more; one that was left is not told", async () => {
  const ada = await directoryOf([roomOf("1"), roomOf("2"), roomOf("3")]);
  const { world, directory, gone } = ada;
  const room = ada.klatch.room("1");
  room.join();
  await world.deliver();
  assert.equal(room.state, "live");
  ada.list([roomOf("2"), roomOf("3")]);
  ada.notice({ room: "1", gone: true });
  await world.deliver();
  assert.deepEqual(gone, ["Room 1"]);
  assert.equal(room.state, "joining");
  assert.equal([...world.server.connections][0]?.joined.has("1"), false);

  ada.answers.set("DELETE /api/rooms/2/members/1", null);
  ada.list([roomOf("3")]);
  await directory.leave("2", ADA.id);
  ada.notice({ room: "2", gone: true });
  await world.deliver();
  assert.deepEqual(gone, ["Room 1"]);
  assert.deepEqual(ada.ids(), ["3"]);

  // Gone during a break: the next list lacks it.
  ada.list([]);
  ada.environment.connections.at(-1)?.cut();
  await world.pass(30);
  assert.deepEqual(gone, ["Room 1", "Room 3"]);
  ada.klatch.close();
});

test("a room made while the list is on its way stays in it", async () => {
  const ada = await directoryOf([roomOf("1")]);
  ada.hold();
  ada.notice({ room: "1" });
  ada.answers.set("POST /api/rooms", roomOf("2"));
  const made = ada.directory.create({ kind: "open", name: "Room 2" });
  ada.release();
  await made;
  await ada.world.deliver();
  assert.deepEqual(ada.ids(), ["1", "2"]);
  assert.deepEqual(ada.gone, []);
  ada.klatch.close();
});

test("a list that could not be had is asked for again; closing ends that", async () => {
  const ada = await directoryOf([]);
  ada.answers.delete("GET /api/rooms");
  ada.notice({ room: "1" });
  await ada.world.deliver();
  assert.deepEqual(ada.ids(), []);
  ada.list([roomOf("1")]);
  await ada.world.pass(5);
  assert.deepEqual(ada.ids(), ["1"]);
  ada.answers.delete("GET /api/rooms");
  ada.notice({ room: "1" });
  await ada.world.deliver();
  ada.klatch.close();
  assert.equal(ada.world.clock.timers, 0);
});

test("a hundred rooms are heard without asking for all at once, and those refused are tried again", async () => {
  const ada = await directoryOf([]);
  const { world } = ada;
  let refused = 0;
  world.server.refuse = (name) => (name === "join" && refused++ < 20 ? BUSY : undefined);
  ada.list(Array.from({ length: 130 }, (_, n) => roomOf(String(n + 1))));
  ada.notice({ room: "1" });
  await world.pass(60);
  assert.equal([...world.server.connections][0]?.joined.size, 100);
  ada.klatch.close();
  assert.equal(world.clock.timers, 0);
});

test("each thing one can do is one request, refusals are thrown, and answers go into the list", async () => {
  const ada = await directoryOf([roomOf("1")]);
  const { directory, answers, asked } = ada;
  answers.set("PATCH /api/rooms/1", roomOf("1", { name: "New" }));
  await directory.change("1", { name: "New" });
  assert.equal(directory.rooms[0]?.name, "New");
  answers.set("POST /api/chats", roomOf("1:2", { kind: "private", people: [] }));
  assert.equal((await directory.chat([2])).id, "1:2");
  answers.set("PUT /api/rooms/5/members/1", null);
  answers.set("GET /api/rooms/5", roomOf("5"));
  await directory.enter("5", ADA.id);
  assert.deepEqual(ada.ids().toSorted(), ["1", "1:2", "5"]);
  answers.set("GET /api/open-rooms?search=a%20%26b", { rooms: [], people: [] });
  assert.deepEqual((await directory.openRooms("a &b")).rooms, []);
  answers.set("GET /api/people?search=b", { people: [{ id: 2, username: "brin" }] });
  assert.equal((await directory.people("b"))[0]?.username, "brin");
  assert.equal(ada.klatch.person(2)?.username, "brin");
  answers.set("PUT /api/me/password", null);
  await directory.changePassword("old", "new");
  assert.equal(asked.at(-1), 'PUT /api/me/password {"current":"old","password":"new"}');
  await assert.rejects(directory.delete("1"), (error) => {
    return error instanceof KlatchError && error.code === "not-found";
  });
  assert.equal(
    directory.rooms.some(({ id }) => id === "1"),
    true,
  );
  ada.klatch.close();
});

test("who is online is asked with the link, then followed; without a link nobody knows", async () => {
  const ada = await directoryOf([]);
  const { presence, world } = ada;
  assert.deepEqual([...presence.ids], []);
  ada.tell({ online: [2, 3], offline: [] });
  ada.tell({ online: [], offline: [3] });
  assert.deepEqual([...presence.ids], [2]);
  ada.environment.connections.at(-1)?.cut();
  assert.deepEqual([...presence.ids], []);
  ada.online.push(5);
  world.server.refuse = (name) => (name === "online" ? BUSY : undefined);
  await world.pass(25);
  world.server.refuse = undefined;
  await world.pass(25);
  assert.deepEqual([...presence.ids], [5]);
  ada.klatch.close();
  assert.equal(world.clock.timers, 0);
});
