/** Presence across the bridge: merged, mended, told once, and forgotten when a server crashes. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Member } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";
import type { BridgeWorld } from "#test/tutorial/bridge-world.ts";
import { openBridgeWorld } from "#test/tutorial/bridge-world.ts";

const online = async (asking: Member) =>
  (await asking.call("GET", "/api/online")).json<{ online: number[]; away: number[] }>();

const isSeen = (member: Member, by: Member, isOnline: boolean, timeoutMs = 8_000) =>
  until(async () => (await online(by)).online.includes(member.me.id) === isOnline, {
    what: `${member.me.username} is ${isOnline ? "online" : "offline"}`,
    timeoutMs,
  });

describe("presence across the bridge", { concurrency: false }, () => {
  let world: BridgeWorld;
  let ada: Member;
  let ben: Member;
  let cleo: Member;
  before(async () => {
    world = await openBridgeWorld();
    ada = await Member.enter(world.one.url, "Ada");
    ben = await Member.enter(world.two.url, "Ben");
    cleo = await Member.enter(world.one.url, "Cleo");
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
  });
  const told = ({ me }: Member) =>
    world.foreign.heard
      .filter(({ type, data }) => type.startsWith("user.") && data["id"] === String(me.id))
      .map(({ type }) => type);
  const isKept = async ({ me }: Member) =>
    (await world.redis.cli("SISMEMBER", "online_users", String(me.id))) === "1";

  test("[BR9] who comes to Klatch and leaves it is told once, whichever server has them", async () => {
    const one = await ada.connect();
    const two = await ada.at(world.two.url).connect();
    await until(() => told(ada).length > 0, { what: "she has come" });
    one.socket.disconnect();
    two.socket.disconnect();
    await until(() => told(ada).includes("user.disconnected"), { what: "she has gone" });
    assert.deepEqual(told(ada), ["user.connected", "user.disconnected"]);
    const event = world.foreign.heard.find(({ data }) => data["id"] === String(ada.me.id));
    assert.deepEqual(event?.data, { id: String(ada.me.id), username: "Ada", online: true });
  });

  test("[BR9] who comes to another server is online, and not away, at every Klatch", async () => {
    await world.foreign.ask({ type: "online", user: String(ben.me.id), isOnline: true });
    await Promise.all([isSeen(ben, ada, true), isSeen(ben, ada.at(world.two.url), true)]);
    assert.ok(!(await online(ada)).away.includes(ben.me.id));
    await world.foreign.ask({ type: "online", user: String(ben.me.id), isOnline: false });
    await isSeen(ben, ada, false);
  });

  test("[BR9] who leaves another server stays online at Klatch, and others are told", async () => {
    await using line = await cleo.connect();
    await until(() => told(cleo).includes("user.connected"), { what: "she has come" });
    await world.foreign.ask({ type: "online", user: String(cleo.me.id), isOnline: true });
    await isSeen(cleo, ada, true);
    await world.foreign.ask({ type: "online", user: String(cleo.me.id), isOnline: false });
    await until(() => told(cleo).length === 2, { what: "others are told that she is here" });
    assert.deepEqual(told(cleo), ["user.connected", "user.connected"]);
    await until(() => isKept(cleo), { what: "she is in the set again" });
    assert.ok(line.socket.connected);
    await isSeen(cleo, ada, true);
    // Without a word, too.
    await world.redis.cli("SREM", "online_users", String(cleo.me.id));
    await until(() => isKept(cleo), { what: "she is in the set again", timeoutMs: 8_000 });
  });

  test("[BR9] somebody put online without a word is seen; nobody without an account is", async () => {
    await world.redis.cli("SADD", "online_users", String(ben.me.id), "999999", "junk");
    await isSeen(ben, ada, true, 10_000);
    assert.ok(!(await online(ada)).online.includes(999_999));
    await world.redis.cli("SREM", "online_users", String(ben.me.id));
    await isSeen(ben, ada, false, 10_000);
  });

  test("[BR9] the people of another server that crashes are forgotten", async () => {
    await world.foreign.ask({ type: "online", user: String(ben.me.id), isOnline: true });
    await isSeen(ben, ada, true);
    await world.foreign.kill();
    await isSeen(ben, ada, false, 55_000);
    await until(async () => !(await isKept(ben)), { what: "he is not in the set any more" });
  });
});
