/** Bots that are called, over two real servers: for what, how often, and what becomes of their answers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BotResult, NewBotResult, Scope } from "#protocol/bot.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Room } from "#protocol/room.ts";
import { Member } from "#test/support/member.ts";
import { Receiver, isSigned } from "#test/support/receiver.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

interface CalledBot extends Member {
  readonly secret: string;
}

async function makeBot(
  by: Member,
  username: string,
  callback: string,
  scopes: readonly Scope[] = ["read", "write"],
): Promise<CalledBot> {
  const answer = await by.call("POST", "/api/admin/bots", { username, scopes, callback });
  assert.equal(answer.status, 201, answer.text);
  const { bot, token, secret = "" } = answer.json<NewBotResult>();
  assert.match(secret, /^[\w-]{43}$/u);
  return Object.assign(new Member(by.url, { ...bot, role: "bot" }, token), { secret });
}

describe("callbacks", { concurrency: false }, () => {
  let world: TwoServers;
  /** Ada owns all and moderates the room, Brin is in it, on the other server. */
  let ada: Member;
  let brin: Member;
  let room: Room;
  before(async () => {
    world = await twoServers(["--private-callbacks", "--log-level", "debug"]);
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    const made = await ada.call("POST", "/api/rooms", { kind: "closed", name: "Machines" });
    room = made.json<Room>();
    await letIn(brin);
  });
  after(() => world[Symbol.asyncDispose]());

  const letIn = async (who: Member) => {
    const answer = await ada.call("PUT", `/api/rooms/${room.id}/members/${who.me.id}`, {});
    assert.equal(answer.status, 204, answer.text);
  };
  const say = async (by: Member, text: string, where = room.id): Promise<string> => {
    const answer = await by.say(text, undefined, where);
    assert.equal(answer.status, 201, answer.text);
    return answer.json<{ id: string }>().id;
  };
  const waiting = async () => Number(await world.redis.cli("ZCARD", "callbacks"));
  const settled = () =>
    until(async () => (await waiting()) === 0, { what: "every call is settled" });

  test("[CB1] [CB2] a bot is called, signed, for each message that names it, and for no other", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Gardener", receiver.url);
    await say(ada, "@gardener is not here yet");
    await letIn(bot);
    await say(brin, "Nobody is named");
    await say(brin, "@gardener2, @room and @here are others");
    const id = await say(brin, "Is it dry, @GARDENER?");
    await settled();
    assert.deepEqual(receiver.texts(), ["Is it dry, @GARDENER?"]);
    const [received] = receiver.received;
    const [body] = receiver.bodies();
    assert.ok(received && body && isSigned(received, bot.secret));
    assert.deepEqual(body.room, { id: room.id, kind: "closed", name: "Machines" });
    assert.deepEqual(body.person, { id: brin.me.id, username: "Brin" });
    assert.deepEqual([body.type, body.message.id, body.message.from], ["message", id, brin.me.id]);
    assert.deepEqual(body.message.mentions, [bot.me.id]);
  });

  test("[CB1] a bot is called for each message in a private chat with it, and not for its own", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Confidant", receiver.url);
    const chat = await brin.call("POST", "/api/chats", { people: [bot.me.id] });
    const { id } = chat.json<Room>();
    const crowd = await brin.call("POST", "/api/chats", { people: [bot.me.id, ada.me.id] });
    await say(brin, "Hello you", id);
    await say(bot, "Hello Brin", id);
    await say(ada, "Hello all", crowd.json<Room>().id);
    await settled();
    assert.deepEqual(receiver.texts().toSorted(), ["Hello all", "Hello you"]);
  });

  test("[CB4] what it answers is said as its reply, once, on whichever server that is heard", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Echo", receiver.url);
    await letIn(bot);
    await using line = await brin.connect();
    await line.join(undefined, room.id);
    receiver.replies({ text: "Did you call?" });
    const id = await say(ada, "@echo, answer");
    await line.until(() => line.texts().includes("Did you call?"), "the reply");
    const reply = line.events.find(({ data }) => data?.message === "Did you call?")?.data;
    assert.deepEqual([reply?.from, reply?.replyTo], [bot.me.id, id]);
    // As if the server had died before it could say that it was done.
    await settled();
    receiver.replies({ text: "Did you call? Twice?" });
    await world.redis.cli("ZADD", "callbacks", "0", `${bot.me.id} ${room.id} ${id}`);
    await until(() => receiver.received.length === 2, { what: "the second call" });
    await settled();
    const { messages } = await ada.history("", room.id);
    assert.equal(messages.filter(({ from }) => from === bot.me.id).length, 1);
  });

  test("[CB4] a bot whose scopes do not let it write answers nothing", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Silent", receiver.url, ["read"]);
    await letIn(bot);
    receiver.replies({ text: "I may not" });
    await say(ada, "@silent, answer");
    await settled();
    assert.equal(receiver.received.length, 1);
    const { messages } = await ada.history("", room.id);
    assert.ok(!messages.some(({ message }) => message === "I may not"));
  });

  test("[CB3] a call that fails is tried again, later each time, and given up after the eighth", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Stubborn", receiver.url);
    await letIn(bot);
    receiver.replies({}, 503);
    const id = await say(ada, "@stubborn, wake up");
    const call = `${bot.me.id} ${room.id} ${id}`;
    for (let tries = 1; tries <= 8; tries++) {
      await until(() => receiver.received.length === tries, { what: `try ${tries}` });
      if (tries === 8) break;
      const pause = 1_000 * 4 ** (tries - 1);
      await until(
        async () => {
          const [seconds = ""] = (await world.redis.cli("TIME")).split("\n");
          const due = Number(await world.redis.cli("ZSCORE", "callbacks", call));
          const inMs = due - Number(seconds) * 1000;
          return inMs <= pause + 1_000 && inMs >= pause - 2_500;
        },
        { what: `a pause of ${pause} ms` },
      );
      await world.redis.cli("ZADD", "callbacks", "0", call);
    }
    await settled();
    assert.equal(await world.redis.cli("EXISTS", "callbacks:tries"), "0");
    assert.match(world.one.output() + world.two.output(), /"isLast":true/u);
    assert.equal(receiver.received.length, 8);
  });

  test("[CB7] what programs say calls no bot, or two would talk for ever", async () => {
    await using receiver = await Receiver.open();
    const ping = await makeBot(ada, "Ping", receiver.url);
    const pong = await makeBot(ada, "Pong", receiver.url);
    await Promise.all([letIn(ping), letIn(pong)]);
    receiver.replies({ text: "@ping @pong" });
    await say(ping, "@pong, are you there?");
    await say(ada, "@ping, say something");
    await settled();
    assert.deepEqual(receiver.texts(), ["@ping, say something"]);
  });

  test("[CB7] nobody is told of a room they are out of, or of a message that is deleted", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Leaver", receiver.url);
    await letIn(bot);
    receiver.replies({}, 500);
    const first = await say(ada, "@leaver, a secret");
    await until(() => receiver.received.length === 1, { what: "the first try" });
    await ada.call("DELETE", `/api/rooms/${room.id}/messages/${first}`);
    await world.redis.cli("ZADD", "callbacks", "0", `${bot.me.id} ${room.id} ${first}`);
    await settled();
    const second = await say(ada, "@leaver, another");
    await until(() => receiver.received.length === 2, { what: "the second" });
    await ada.call("DELETE", `/api/rooms/${room.id}/members/${bot.me.id}`);
    await world.redis.cli("ZADD", "callbacks", "0", `${bot.me.id} ${room.id} ${second}`);
    await settled();
    assert.equal(receiver.received.length, 2);
  });

  test("[BO8] a suspended bot is not called, and what it answers meanwhile is not said", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Unruly", receiver.url);
    await letIn(bot);
    const suspension = `/api/admin/people/${bot.me.id}/suspension`;
    const asked = new Promise<() => void>((take) => {
      receiver.answer = (response) => {
        take(() => response.end('{"text":"I am still here"}'));
      };
    });
    await say(ada, "@unruly, think about it");
    const answer = await asked;
    assert.equal((await ada.call("PUT", suspension, {})).status, 204);
    answer();
    await settled();
    await say(ada, "@unruly, are you there?");
    await settled();
    assert.deepEqual(receiver.texts(), ["@unruly, think about it"]);
    const { messages } = await brin.history("", room.id);
    assert.ok(!messages.some(({ from }) => from === bot.me.id));
    receiver.replies({ text: "Back" });
    assert.equal((await ada.call("DELETE", suspension)).status, 204);
    await say(ada, "@unruly, and now?");
    await settled();
    assert.equal((await brin.history("", room.id)).messages.at(-1)?.message, "Back");
  });

  test("[CB2] another callback has another secret; without one there are no calls", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Mover", "http://127.0.0.1:9/nowhere");
    await letIn(bot);
    const path = `/api/admin/bots/${bot.me.id}`;
    const moved = await ada.call("PATCH", path, { callback: receiver.url });
    const { secret = "", bot: shown } = moved.json<BotResult>();
    assert.equal(shown.callback, receiver.url);
    assert.notEqual(secret, bot.secret);
    await say(ada, "@mover, where are you?");
    await settled();
    const [received] = receiver.received;
    assert.ok(received && isSigned(received, secret));
    assert.ok(!(await ada.call("GET", path)).text.includes(secret));
    const silent = await ada.call("PATCH", path, { callback: "" });
    assert.equal(silent.json<BotResult>().bot.callback, undefined);
    await say(ada, "@mover, still there?");
    assert.equal(await waiting(), 0);
    for (const callback of ["nonsense", "ftp://x.example", "https://a:b@x.example"]) {
      assert.equal((await ada.call("PATCH", path, { callback })).status, 422, callback);
    }
    const url = (chars: number) => `${receiver.url}?${"x".repeat(chars - receiver.url.length - 1)}`;
    const most = LIMITS.urlCharsMax;
    assert.equal((await ada.call("PATCH", path, { callback: url(most) })).status, 200);
    assert.equal((await ada.call("PATCH", path, { callback: url(most + 1) })).status, 400);
  });

  test("[CB3] up to 10,000 calls wait, so that what nobody takes does not fill Redis", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Crowded", receiver.url);
    await letIn(bot);
    receiver.answer = () => undefined;
    const fill = "for n = 1, ARGV[1] do redis.call('ZADD', KEYS[1], 9e15, 'x' .. n) end";
    const many = String(LIMITS.callsWaitingMax - 2);
    await world.redis.cli("EVAL", fill, "1", "callbacks", many);
    for (const wanted of [-1, 0, 0]) {
      await say(ada, "@crowded, hello");
      assert.equal(await waiting(), LIMITS.callsWaitingMax + wanted);
    }
    await world.redis.cli("DEL", "callbacks", "callbacks:tries");
  });

  test("[CB3] a call that a dying server had taken is made by another", async () => {
    await using receiver = await Receiver.open();
    const bot = await makeBot(ada, "Survivor", receiver.url);
    await letIn(bot);
    await using third = await startServer({
      args: ["--redis-url", world.redis.url, "--private-callbacks"],
    });
    receiver.answer = () => undefined;
    await say(ada.at(third.url), "@survivor, hold on");
    await until(() => receiver.received.length === 1, { what: "the first call" });
    // Whoever took it is gone, and what it took is due when its lease is over.
    await third.stop("SIGKILL");
    receiver.replies({ text: "I am here" });
    const [call = ""] = (await world.redis.cli("ZRANGE", "callbacks", "0", "-1")).split("\n");
    assert.match(call, new RegExp(`^${bot.me.id} `, "u"));
    await world.redis.cli("ZADD", "callbacks", "0", call);
    await until(
      async () => {
        const { messages } = await ada.history("", room.id);
        return messages.some(({ message }) => message === "I am here");
      },
      { what: "the reply", timeoutMs: 10_000 },
    );
    assert.equal(receiver.received.length, 2);
  });
});

test("[CB5] without the operator's leave a callback is public, and what is kept already is not called", async () => {
  await using redis = await startRedis();
  await using receiver = await Receiver.open();
  await using server = await startServer({ args: ["--redis-url", redis.url] });
  const ada = await Member.enter(server.url, "Ada");
  for (const callback of [
    receiver.url,
    "https://127.0.0.1/",
    "https://localhost/",
    "http://x.example/",
  ]) {
    const body = { username: "Inside", scopes: [], callback };
    const answer = await ada.call("POST", "/api/admin/bots", body);
    assert.equal(answer.status, 422, callback);
    assert.equal(answer.json<{ code: string }>().code, "callback-not-allowed");
  }
  const bot = await makeBot(ada, "Outside", "https://bot.example/called");
  await redis.cli("HSET", `user:${bot.me.id}`, "callback", receiver.url);
  await ada.call("PUT", `/api/rooms/0/members/${bot.me.id}`, {});
  await ada.say("@outside, hello");
  await until(() => /its address is not public/u.test(server.output()), { what: "the refusal" });
  assert.deepEqual(receiver.received, []);
  assert.ok(!server.output().includes(new URL(receiver.url).port));
});
