/** The bridge: what servers of another kind write becomes first-class, and nothing else gets through. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { HistoryPage } from "#protocol/api.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Answer } from "#test/support/member.ts";
import { Member, PASSWORD, request, tokenOf } from "#test/support/member.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { until } from "#test/support/until.ts";
import type { BridgeWorld } from "#test/tutorial/bridge-world.ts";
import { bridgeCounts, openBridgeWorld } from "#test/tutorial/bridge-world.ts";

/** Nothing, to who is not in the room. */
function textsIn(answer: Answer): readonly string[] {
  if (answer.status !== 200) return [];
  return answer.json<HistoryPage>().messages.map(({ message }) => message);
}

const texts = async (member: Member, room = "0") =>
  textsIn(await member.call("GET", `/api/rooms/${room}/messages?limit=100`));

const has = (member: Member, text: string, room = "0") =>
  until(async () => (await texts(member, room)).includes(text), {
    what: text,
    timeoutMs: 15_000,
  });

/** An event of a server of another kind. */
const told = (data: unknown, type: unknown = "message", serverId: unknown = 4132) =>
  JSON.stringify({ serverId, type, data });

describe("the bridge", { concurrency: false }, () => {
  let world: BridgeWorld;
  let ada: Member;
  let ben: Member;
  let cleo: Member;
  before(async () => {
    world = await openBridgeWorld();
    ada = await Member.enter(world.one.url, "AdaBridge");
    ben = await Member.enter(world.two.url, "ben.bridge");
    cleo = await Member.enter(world.one.url, "cleo");
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
  });
  const chat = () => `${ada.me.id}:${ben.me.id}`;
  const stored = async (room: string) =>
    (await world.redis.cli("ZRANGE", `room:${room}`, "0", "-1")).split("\n");

  test("[BR1] a message of Klatch's is told once, with the tutorial's fields first", async () => {
    const { id } = (await ada.say('plain "quoted" \\ café')).json<{ id: string }>();
    await until(() => world.foreign.texts().length > 0, { what: "it is told" });
    const [event, ...more] = world.foreign.heard.filter(({ type }) => type === "message");
    assert.deepEqual(more, []);
    assert.match(event?.serverId ?? "", /^klatch-[0-9a-f]{16}$/u);
    assert.equal(event?.data["message"], 'plain "quoted" \\ café');
    assert.equal(event.data["roomId"], "0");
    assert.equal(event.data["from"], ada.me.id);
    assert.equal(event.data["id"], id);
    assert.deepEqual(Object.keys(event.data).slice(0, 4), ["from", "date", "message", "roomId"]);
  });

  test("[BR1] what is sent again with its cid is not told again", async () => {
    assert.equal((await ada.say("once", "the-same-cid")).status, 201);
    assert.equal((await ada.say("once", "the-same-cid")).status, 201);
    await ada.say("after once");
    await until(() => world.foreign.texts().includes("after once"), { what: "all is told" });
    assert.equal(world.foreign.texts().filter((text) => text === "once").length, 1);
  });

  test("[BR2] a foreign message has an id, unread and mentions, and comes live at both servers", async () => {
    await using here = await ada.connect();
    await using there = await ben.connect();
    await Promise.all([here.join(), there.join()]);
    await world.foreign.say("0", String(cleo.me.id), "hello @ben.bridge from afar");
    const isHeard = (line: typeof here) => line.texts().includes("hello @ben.bridge from afar");
    await Promise.all([
      here.until(() => isHeard(here), "ada hears"),
      there.until(() => isHeard(there), "ben hears"),
    ]);
    const [event] = there.events.filter((each) => each.type === "message").slice(-1);
    assert.ok(event);
    assert.match(event.id, /^\d{10}\.\d{6}$/u);
    assert.deepEqual(event.data.mentions, [ben.me.id]);
    assert.equal(event.data.from, cleo.me.id);
    const rooms = (await ben.call("GET", "/api/rooms")).json<{
      rooms: { id: string; unread: number; mentions: number; last?: { id: string } }[];
    }>();
    const general = rooms.rooms.find(({ id }) => id === "0");
    assert.equal(general?.mentions, 1);
    assert.equal(general.last?.id, event.id);
    await until(async () => (await stored("0")).every((each) => each.includes('","cid":"')), {
      what: "nothing is left without an id",
    });
  });

  test("[BR2] equal scores, whole seconds, escapes, the past and other field orders: all of it, once", async () => {
    const now = Math.floor(Date.now() / 1000);
    const said = Array.from({ length: 30 }, (_, at) => `tie ${at} ✓ "q" \\ \u{1F600}`);
    await Promise.all(
      said.map((text, at) =>
        world.foreign.say("0", at % 2 === 0 ? ada.me.id : String(ben.me.id), text, {
          at: [now, now - 3_600, now + 3_600, now + 0.25, 9e15, 0, -5][at % 7] ?? now,
        }),
      ),
    );
    const areThere = async () => {
      const all = new Set(await texts(ada));
      return said.every((text) => all.has(text));
    };
    await until(areThere, { what: "all are there", timeoutMs: 15_000 });
    const mine = (await texts(ada)).filter((text) => text.startsWith("tie "));
    assert.equal(mine.length, said.length);
    assert.deepEqual(
      (await texts(ben.at(world.two.url))).filter((text) => text.startsWith("tie ")),
      mine,
    );
    // Nobody's clock is anything but Redis's: the next id is of now.
    const { date } = (await ada.say("after the ties")).json<{ date: number }>();
    assert.ok(Math.abs(date - Date.now() / 1000) < 60, String(date));
  });

  test("[BR2] the same words twice in a second are two messages once the first is adopted", async () => {
    const at = Math.floor(Date.now() / 1000);
    await world.foreign.say("0", String(ada.me.id), "twice", { at });
    await has(ada, "twice");
    await world.foreign.say("0", String(ada.me.id), "twice", { at });
    await until(async () => (await texts(ada)).filter((text) => text === "twice").length === 2, {
      what: "both are there",
    });
  });

  test("[BR3] what was stored and never told is found by looking", async () => {
    await world.foreign.say("0", String(ben.me.id), "silent", { isSilent: true });
    await has(ada, "silent");
  });

  test("[BR4] an event is a hint: its content is not believed", async () => {
    const data = { from: ada.me.id, date: 1, message: "never stored", roomId: "0" };
    const forged = JSON.stringify({ serverId: "forger", type: "message", data });
    await world.redis.cli("PUBLISH", "MESSAGES", forged);
    await world.foreign.say("0", String(ada.me.id), "stored after the forgery");
    await has(ada, "stored after the forgery");
    assert.ok(!(await texts(ada)).includes("never stored"));
  });

  test("[BR5] a private chat made by others is one for both, and for nobody else", async () => {
    await using line = await ben.connect();
    await world.foreign.ask({ type: "open", people: [ada.me.id, ben.me.id] });
    await world.foreign.say(chat(), String(ada.me.id), "just us");
    await has(ben, "just us", chat());
    await line.until(() => line.notices.some(({ room }) => room === chat()), "ben is told");
    assert.equal((await cleo.call("GET", `/api/rooms/${chat()}/messages`)).status, 404);
    assert.equal((await ben.say("and back", "and-back-cid", chat())).status, 201);
    await until(() => world.foreign.texts().includes("and back"), { what: "others hear" });
  });

  test("[BR5] a first message of Klatch's shows the chat to others before it says anything", async () => {
    const opened = await cleo.call("POST", "/api/chats", { people: [ada.me.id] });
    const room = opened.json<{ id: string }>().id;
    assert.equal((await cleo.say("a chat begins", "chat-begins", room)).status, 201);
    await until(() => world.foreign.texts().includes("a chat begins"), { what: "others hear" });
    const about = world.foreign.heard.filter(
      ({ data }) => data["id"] === room || data["roomId"] === room,
    );
    assert.deepEqual(
      about.map(({ type }) => type),
      ["show.room", "message"],
    );
    const [one, two] = [ada, cleo].map(({ me }) => [me.username]);
    assert.deepEqual(about[0]?.data, { id: room, names: [one, two] });
  });

  test("[BR6] who may not speak in a room does not through another server", async () => {
    await world.foreign.say(chat(), String(cleo.me.id), "not mine to say");
    await world.foreign.say("0", "999999", "from nobody");
    await until(async () => (await world.redis.cli("ZCARD", `{room:0}:aside`)) === "1", {
      what: "it is put aside",
    });
    await until(async () => (await world.redis.cli("ZCARD", `{room:${chat()}}:aside`)) === "1", {
      what: "it is put aside",
    });
    assert.ok(!(await texts(ada, chat())).includes("not mine to say"));
    assert.ok(!(await texts(ada)).includes("from nobody"));
  });

  test("[BR6] rooms that the tutorial does not know are told to nobody", async () => {
    const body = { kind: "closed", name: "Behind doors" };
    const room = (await ada.call("POST", "/api/rooms", body)).json<{ id: string }>().id;
    assert.equal((await ada.say("behind doors", "behind-doors", room)).status, 201);
    await ada.say("in front of them");
    await until(() => world.foreign.texts().includes("in front of them"), { what: "others hear" });
    assert.ok(!world.foreign.texts().includes("behind doors"));
  });

  test("[BR7] others page through what Klatch and they said, newest first", async () => {
    await ada.say("the newest of all");
    const page = await world.foreign.ask({ type: "history", room: "0", size: 2 });
    assert.ok(Array.isArray(page));
    assert.equal(page.length, 3);
    assert.equal(page[0], "the newest of all");
  });

  test("[BR8] somebody of Klatch's signs in elsewhere, and somebody from there at Klatch", async () => {
    const ask = (type: "log-in" | "register", username: string) =>
      world.foreign.ask({ type, username, password: PASSWORD });
    assert.equal(await ask("log-in", "AdaBridge"), String(ada.me.id));
    assert.equal(await ask("log-in", "adabridge"), String(ada.me.id));
    for (const name of ["Neo", "trinity", "a b, c"]) {
      const id = await ask("register", name);
      const body = { username: name, password: PASSWORD };
      const answer = await request(world.two.url, "POST", "/api/session", { body });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json<{ id: number }>().id, Number(id));
      const member = new Member(world.two.url, answer.json(), tokenOf(answer));
      assert.equal((await member.say(`${name} is here`)).status, 201);
      assert.equal((await member.history()).messages.length > 0, true);
    }
    const found = (await ada.call("GET", "/api/people?search=ne")).json<unknown>();
    assert.match(JSON.stringify(found), /"Neo"/u);
    const taken = { username: "NEO", password: PASSWORD };
    assert.equal(
      (await request(world.one.url, "POST", "/api/accounts", { body: taken })).status,
      409,
    );
  });

  test("[BR10] junk is counted and dropped, and never logged", async () => {
    const { junk: earlier = 0 } = await bridgeCounts(world.one.url);
    const junk = [
      "canary-junk {not JSON",
      "null",
      "[]",
      told("canary-junk"),
      told({ roomId: "room}:0" }),
      told({ roomId: { a: 1 } }),
      told({ roomId: "0" }, "no such type"),
      told({ id: "x" }, "user.connected"),
      told({ roomId: "0" }, "message", { a: 1 }),
      "x".repeat(LIMITS.foreignEventCharsMax + 1),
    ];
    for (const each of junk) await world.foreign.command("PUBLISH", "MESSAGES", each);
    await until(async () => (await bridgeCounts(world.one.url))["junk"] === earlier + junk.length, {
      what: "all of it is counted",
    });
    await has(ada, "in front of them");
    assert.doesNotMatch(world.one.output() + world.two.output(), /canary-junk/u);
  });

  test("[BR11] without the setting nobody listens on the channel, and nothing is told", async () => {
    await using redis = await startRedis();
    await using server = await startServer({ args: ["--redis-url", redis.url] });
    const member = await Member.enter(server.url, "Alone");
    await member.say("nobody is told");
    assert.equal(await redis.cli("PUBSUB", "NUMSUB", "MESSAGES"), "MESSAGES\n0");
    assert.doesNotMatch(await redis.cli("INFO", "commandstats"), /cmdstat_publish:/u);
    assert.equal(await redis.cli("HEXISTS", "{room:0}:meta", "settled"), "0");
    const answer = await request(server.url, "GET", "/readyz");
    assert.doesNotMatch(answer.text, /bridge/u);
  });
});
