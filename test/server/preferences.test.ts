/** What people want to be told and let others see, over two real servers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Preferences } from "#protocol/preferences.ts";
import type { OnlineResult, PresenceOf } from "#protocol/presence.ts";
import type { ReadNotice } from "#protocol/reading.ts";
import type { Room } from "#protocol/room.ts";
import type { Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

const read = async (member: Member) =>
  (await member.call("GET", "/api/me/preferences")).json<Preferences>();
const change = async (member: Member, what: object) =>
  (await member.call("PATCH", "/api/me/preferences", what)).json<Preferences>();
const presenceOf = async (asking: Member, whom: Member) =>
  (await asking.call("GET", `/api/people/${whom.me.id}/presence`)).json<PresenceOf>();
const online = async (line: Line) => {
  const answer = await line.ask<OnlineResult>("online", {});
  return "online" in answer ? answer : { online: [], away: [] };
};

describe("preferences", { concurrency: true }, () => {
  let world: TwoServers;
  before(async () => {
    world = await twoServers();
  });
  after(() => world[Symbol.asyncDispose]());

  test("[PE1] are the defaults until one changes them, for oneself alone, on all devices", async () => {
    const ada = await Member.enter(world.one.url, "Ada");
    const other = await Member.enter(world.one.url, "Aladin");
    await using phone = await ada.at(world.two.url).connect();
    let news = 0;
    phone.socket.on("preferences", () => news++);
    assert.deepEqual(await read(ada), { receipts: true, visible: true, rooms: {} });
    const quietUntil = 1_900_000_000;
    const changed = await change(ada, { quietUntil, receipts: false });
    assert.deepEqual(changed, { receipts: false, visible: true, quietUntil, rooms: {} });
    await until(() => news === 1, { what: "the phone is told" });
    assert.deepEqual(await change(ada, { quietUntil: 0 }), {
      receipts: false,
      visible: true,
      rooms: {},
    });
    assert.deepEqual(await read(other), { receipts: true, visible: true, rooms: {} });
    for (const bad of [{ quietUntil: -1 }, { quietUntil: 1.5 }, { receipts: "no" }]) {
      const refused = await ada.call("PATCH", "/api/me/preferences", bad);
      assert.equal(refused.status, 400);
    }
    assert.equal((await read(ada)).receipts, false);
  });

  test("[PE2] what one is told of a room is set for rooms of one's own, and goes with them", async () => {
    const bea = await Member.enter(world.one.url, "Bea");
    const carl = await Member.enter(world.one.url, "Carl");
    const made = { kind: "open", name: "Cellar" };
    const { id } = (await bea.call("POST", "/api/rooms", made)).json<Room>();
    const path = `/api/rooms/${id}/notify`;
    assert.equal((await bea.call("PUT", path, { level: "mentions" })).status, 204);
    const mutedUntil = 1_900_000_000;
    const general = { level: "everything", mutedUntil };
    assert.equal((await bea.call("PUT", "/api/rooms/0/notify", general)).status, 204);
    assert.deepEqual((await read(bea)).rooms, { 0: general, [id]: { level: "mentions" } });
    assert.equal((await carl.call("PUT", path, { level: "nothing" })).status, 404);
    assert.equal((await bea.call("PUT", path, { level: "loud" })).status, 400);
    assert.equal((await bea.call("DELETE", `/api/rooms/${id}`)).status, 204);
    assert.equal((await bea.call("PUT", "/api/rooms/0/notify", { level: "nothing" })).status, 204);
    assert.deepEqual((await read(bea)).rooms, { 0: { level: "nothing" } });
    await bea.call("PUT", "/api/rooms/0/notify", { level: "everything" });
    assert.deepEqual((await read(bea)).rooms, {});
  });

  test("[PE3] [RD4] how far one has read is seen only where both let it be seen", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    const emil = await Member.enter(world.two.url, "Emil");
    const chat = { people: [emil.me.id] };
    const { id } = (await dora.call("POST", "/api/chats", chat)).json<Room>();
    await using line = await dora.connect();
    const seen: string[] = [];
    line.socket.on("seen", ({ position }: ReadNotice) => seen.push(position));
    const say = async (text: string) =>
      (await dora.say(text, undefined, id)).json<{ id: string }>().id;
    const reads = (position: string) => emil.call("PUT", `/api/rooms/${id}/read`, { position });
    const seenBy = async (member: Member) =>
      (await member.call("GET", `/api/rooms/${id}`)).json<Room>().seen;
    const first = await say("one");
    await reads(first);
    await until(() => seen.length === 1, { what: "Dora sees that Emil has read" });
    assert.equal(await seenBy(dora), first);
    await change(dora, { receipts: false });
    await reads(await say("two"));
    assert.equal(await seenBy(dora), undefined);
    assert.equal(await seenBy(emil), undefined);
    await change(dora, { receipts: true });
    await change(emil, { receipts: false });
    await reads(await say("three"));
    assert.equal(await seenBy(dora), undefined);
    await change(emil, { receipts: true });
    const last = await say("four");
    await reads(last);
    await until(() => seen.includes(last), { what: "Dora sees it again" });
    assert.deepEqual(seen, [first, last]);
  });

  test("[PR6] who is idle on all devices is away, and back with the first touch", async () => {
    const fay = await Member.enter(world.one.url, "Fay");
    const gus = await Member.enter(world.two.url, "Gus");
    await using watching = await gus.connect();
    const told: string[] = [];
    watching.socket.on("away", ({ away, back }) => {
      if (away.includes(fay.me.id)) told.push("away");
      if (back.includes(fay.me.id)) told.push("back");
    });
    await using laptop = await fay.connect();
    await using phone = await fay.at(world.two.url).connect();
    const sees = async (state: PresenceOf["state"]) =>
      until(async () => (await presenceOf(gus, fay)).state === state, { what: `Fay is ${state}` });
    await sees("online");
    await laptop.ask("idle", { idle: true });
    await phone.ask("idle", { idle: true });
    await sees("away");
    assert.ok((await online(watching)).away.includes(fay.me.id));
    await until(() => told.at(-1) === "away", { what: "Gus is told" });
    await phone.ask("idle", { idle: false });
    await sees("online");
    await until(() => told.at(-1) === "back", { what: "Gus is told that she is back" });
  });

  test("[PR7] who looks offline is so for all others, and was last here when they hid", async () => {
    const hal = await Member.enter(world.one.url, "Hal");
    const ida = await Member.enter(world.two.url, "Ida");
    await using watching = await ida.connect();
    await using line = await hal.connect();
    const shows = async (isOnline: boolean) =>
      until(async () => (await online(watching)).online.includes(hal.me.id) === isOnline, {
        what: `Hal shows as ${isOnline ? "online" : "offline"}`,
      });
    await shows(true);
    await change(hal, { visible: false });
    await shows(false);
    await using second = await hal.at(world.two.url).connect();
    await until(async () => (await online(second)).online.includes(ida.me.id), { what: "he sees" });
    const { state, seen } = await presenceOf(ida, hal);
    assert.equal(state, "offline");
    assert.ok(seen !== undefined && Math.abs(seen - Date.now() / 1_000) < 60);
    await change(hal, { visible: true });
    await shows(true);
    assert.ok(line.socket.connected);
    assert.equal((await ida.call("GET", "/api/people/987654/presence")).status, 404);
  });
});
