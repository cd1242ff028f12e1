/** What is not yours: other people's names, rooms and keys, on two servers. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { Message } from "#protocol/message.ts";
import { keys } from "#server/redis/keys.ts";
import { harmless, mustRefuse, openWorld } from "#test/security/world.ts";
import type { Answer, Line } from "#test/support/member.ts";
import { Member, request } from "#test/support/member.ts";
import { RawSocket } from "#test/support/raw-socket.ts";

const world = await openWorld({ servers: 2 });
const { url, store } = world;
const elsewhere = world.servers[1]?.url ?? "";
const ada = await Member.enter(url, "ada");
const brin = await Member.enter(url, "brin");
const cleo = await Member.enter(url, "cleo");

/** A private chat of ada and brin, made by hand, since nothing makes one yet. */
const PRIVATE = `${ada.me.id}:${brin.me.id}`;
await store.hSet(keys.roomMembers(PRIVATE), {
  [String(ada.me.id)]: "member",
  [String(brin.me.id)]: "member",
});
const SECRET = "a word between two";
assert.equal((await ada.say(SECRET, undefined, PRIVATE)).status, 201);

/** Values a client may claim for the fields that are the server's to fill. */
const FORGED: Readonly<Record<string, readonly unknown[]>> = {
  from: [brin.me.id, String(brin.me.id), 0, -1, 1e300, null, { id: 2 }],
  user: [brin.me.id, { id: brin.me.id }],
  date: [0, -1, 4_102_444_800, Number.NaN, "inf", "1e400", null, [1]],
  id: ["0.000001", "9999999999.999999", "inf", 1, "-1", null],
  prev: ["0.000000", "9999999999.999999"],
  roomId: [PRIVATE, "55", null],
  serverId: ["another", 1],
  type: ["fork", "session-ended"],
};

for (const [field, values] of Object.entries(FORGED)) {
  test(`[S-D1] [S-D2] what a client claims for "${field}" is ignored, both ways`, async () => {
    // Each way on a server of its own, since a burst is counted by server.
    await using line = await RawSocket.signedIn(elsewhere, ada.token);
    for (const value of values) {
      const [first, second] = [randomUUID(), randomUUID()];
      const body = { cid: first, message: "mine", [field]: value };
      assert.equal((await ada.call("POST", "/api/rooms/0/messages", body)).status, 201);
      const command = JSON.stringify({ room: "0", ...body, cid: second });
      assert.equal(await line.refusal(`"send",${command}`), undefined);
      const { messages } = await brin.history("?limit=2");
      assert.deepEqual(new Set(messages.map(({ cid }) => cid)), new Set([first, second]));
      for (const message of messages) mustBeMine(message);
    }
  });
}

function mustBeMine(message: Message): void {
  const fields = ["cid", "date", "from", "id", "message", "roomId"];
  assert.deepEqual(Object.keys(message).sort(), fields);
  assert.equal(message.from, ada.me.id);
  assert.equal(message.roomId, "0");
  assert(Math.abs(message.date - Date.now() / 1000) < 60, String(message.date));
  assert.equal(Number.parseInt(message.id, 10), message.date);
}

/** Everything somebody could ask of a room over HTTP. */
const ASKED: Readonly<Record<string, (who: Member, room: string) => Promise<Answer>>> = {
  read: (who, room) => who.call("GET", `/api/rooms/${room}/messages`),
  "read before": (who, room) => who.call("GET", `/api/rooms/${room}/messages?before=2.000000`),
  "read around": (who, room) => who.call("GET", `/api/rooms/${room}/messages?around=2.000000`),
  "read the end of": (who, room) => who.call("GET", `/api/rooms/${room}/messages?after=0.000000`),
  "write to": (who, room) => who.say("let me in", randomUUID(), room),
};

const NOWHERE = `${ada.me.id}:99`;

for (const [what, act] of Object.entries(ASKED)) {
  test(`[S-D3] [S-D5] who may not ${what} a private room cannot tell whether it is there`, async () => {
    const [theirs, none] = await harmless(world, async () => [
      await act(cleo, PRIVATE),
      await act(cleo, NOWHERE),
    ]);
    assert(theirs !== undefined && none !== undefined);
    mustRefuse(theirs, "not-found");
    assert.equal(theirs.text, none.text);
    assert.deepEqual(withoutDate(theirs.headers), withoutDate(none.headers));
    assert((await act(brin, PRIVATE)).status < 300);
  });

  test(`[S-D5] nobody may ${what} any room without a session`, async () => {
    for (const room of ["0", PRIVATE, NOWHERE]) {
      const path = `/api/rooms/${room}/messages`;
      const nobody = new Member(url, ada.me, "");
      mustRefuse(await harmless(world, () => act(nobody, room)), "not-signed-in", path);
    }
  });
}

function withoutDate(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name !== "date"));
}

test("[S-D3] [S-D4] over a socket a foreign room is as absent as none, and stays unheard", async () => {
  await using line = await cleo.at(elsewhere).connect();
  const answers = await harmless(world, async () => {
    const found: unknown[] = [];
    for (const room of [PRIVATE, NOWHERE]) {
      found.push([
        await line.ask("join", { room }),
        await line.ask("join", { room, since: "0.000000" }),
        await line.send("let me in", randomUUID(), room),
      ]);
    }
    return found;
  });
  assert.deepEqual(answers[0], answers[1]);
  assert.match(JSON.stringify(answers[0]), /"code":"not-found"/u);
  await mustNotHear(line);
});

test("[S-D6] a private word reaches its two on any server, and nobody else there", async () => {
  await using bystander = await cleo.at(elsewhere).connect();
  await bystander.join();
  await using friend = await ada.at(elsewhere).connect();
  await friend.join(undefined, PRIVATE);
  assert.equal((await brin.say("for ada alone", undefined, PRIVATE)).status, 201);
  await friend.until(() => friend.texts().includes("for ada alone"), "ada hears it");
  await mustNotHear(bystander);
});

/** Whatever was on its way is here once a later word, in a room everyone hears, is. */
async function mustNotHear(line: Line): Promise<void> {
  await line.join();
  const mark = randomUUID();
  assert.equal((await brin.say(mark)).status, 201);
  await line.until(() => line.texts().includes(mark), "the later word");
  assert.deepEqual(new Set(line.events.map(({ room }) => room)), new Set(["0"]));
  assert(!JSON.stringify(line.events).includes(SECRET));
}

test("[S-D4] who is no member any more cannot join again, read or write", async () => {
  await store.hSet(keys.roomMembers("66"), String(cleo.me.id), "member");
  await using line = await cleo.connect();
  await line.join(undefined, "66");
  await store.hDel(keys.roomMembers("66"), String(cleo.me.id));
  const refused = JSON.stringify(await line.ask("join", { room: "66" }));
  assert.match(refused, /"not-found"/u);
  mustRefuse(await cleo.say("still here", undefined, "66"), "not-found");
});

/**
 * Ids that would reach another key, another command or another path if anything were pasted
 * together.
 */
const IDS = [
  ["0:name", "0:meta", "0:members", "0:sent:1:abcdefgh", "x:members", "user:1", "1:rooms"],
  ["{room:0}", "{0}", "0}", "0}:meta", "{room:0}:members", "}{", "0{"],
  ["*", "?", "[0]", "[0-9]", "\\0", "0*", "0?"],
  ["0\r\nSET polluted 1\r\n", "0\r\n+OK", "0\n", "\r\n", "$-1\r\n", "*1\r\n$8\r\nFLUSHALL\r\n"],
  ["0\0", "\0", "0 ", " 0", "0\t", "0\u00a0", "0\u200b", "\ufeff0", "\u202e0"],
  ["-1", "+0", "-0", "0.0", "0e0", "1e3", "0x0", "00", "01:2", "1_0", "Infinity", "NaN"],
  ["٠", "０", "²", "०", "1：2", "1∶2"],
  ["0:", ":0", ":", "1:2:3", "1::2", "2:1", "1:1", "1;2", "1,2", "1:2 "],
  ["1".repeat(17), `${"1".repeat(17)}:2`, "9".repeat(64), "1:".repeat(32)],
  ["../0", "..%2f0", "%30", "%2e%2e", ".", "..", "0/../0", "0#", "0;x=1", "0&room=0"],
  ["'", '"', "';--", "0' .. redis.call('FLUSHALL') .. '", "return 1", "]]", "redis.call('KEYS')"],
  [
    "__proto__",
    "constructor",
    "toString",
    "undefined",
    "null",
    "true",
    "[object Object]",
    "General",
  ],
].flat();

test(`[S15] [S-D8] none of ${IDS.length} ids that are none leads anywhere`, async () => {
  const [first, ...others] = await harmless(world, async () => {
    const found: string[] = [];
    for (const id of IDS) {
      const path = `/api/rooms/${encodeURIComponent(id)}/messages`;
      // Dots are resolved before they reach us, as in any client.
      if (id === "." || id === "..") continue;
      for (const answer of [
        await cleo.call("GET", path),
        await cleo.call("POST", path, { cid: randomUUID(), message: "x" }),
      ]) {
        mustRefuse(answer, "not-found", JSON.stringify(id));
        found.push(answer.text);
      }
    }
    return found;
  });
  assert(others.every((text) => text === first));
});

test(`[S15] [S-D8] none of ${IDS.length} ids that are none leads anywhere over a socket`, async () => {
  await harmless(world, async () => {
    for (const command of ["join", "send"]) {
      // A connection each, so that no burst is used up.
      await using line = await cleo.connect();
      for (const id of IDS) {
        const input = { room: id, cid: randomUUID(), message: "x" };
        const answer = JSON.stringify(await line.ask(command, input));
        assert.match(answer, /"code":"not-found"/u, JSON.stringify(id));
      }
      assert.equal(line.closing, undefined);
    }
  });
});

test("[S15] an id of ten thousand characters is refused by length alone", async () => {
  const long = "0".repeat(10_000);
  mustRefuse(await cleo.call("GET", `/api/rooms/${long}/messages`), "url-too-long");
  await using line = await RawSocket.signedIn(url, cleo.token);
  assert.equal(await line.refusal(`"join",{"room":"${long}"}`), "bad-request");
});

const CIDS = [
  "",
  "short",
  "with space",
  "with:colon",
  "{room:0}",
  "a}b{c:meta",
  "new\r\nline1",
  "nul\0nul\0",
  "ünïcödé-",
  "*".repeat(8),
  "../../..",
  "a".repeat(65),
  "a".repeat(10_000),
];

test(`[S15] none of ${CIDS.length} wrong cids becomes part of a key`, async () => {
  await harmless(world, async () => {
    for (const cid of CIDS) mustRefuse(await ada.say("x", cid), "bad-request", cid);
  });
});

const CODE = [
  "redis.call('FLUSHALL')",
  "' .. redis.call('FLUSHALL') .. '",
  "]] redis.call('FLUSHALL') --[[",
  '","id":"9999999999.999999","from":2,"x":"',
  '"}\r\n+OK\r\n*1\r\n$8\r\nFLUSHALL\r\n',
  "%d %s %06d %99999999s",
  "\\u0000 \\ \\\\ \" ' ` ${process.exit(1)} {{7*7}}",
  "[]",
  "{}",
  '{"a":9007199254740993}',
];

test(`[S15] code, replies and JSON in a text or a name stay what they are: text`, async () => {
  await using line = await brin.connect();
  await line.join();
  for (const text of CODE) {
    assert.equal((await cleo.say(text)).status, 201, text);
    await line.until(() => line.texts().includes(text), text);
    const [newest] = (await brin.history("?limit=1")).messages;
    assert.equal(newest?.message, text);
    assert.equal(newest.from, cleo.me.id);
  }
  await harmless(world, async () => {
    for (const username of CODE) {
      const body = { username, password: "a wrong password" };
      mustRefuse(await request(url, "POST", "/api/accounts", { body }), "name-not-allowed");
    }
  });
});

test("[S-D14] people are told by id to members alone, name and id and nothing else", async () => {
  await using line = await cleo.connect();
  const answer = await line.ask("people", { ids: [1, 2, 3, 4, 99] });
  const people = [ada, brin, cleo].map(({ me }) => ({ id: me.id, username: me.username }));
  assert.deepEqual(answer, { people });
});
