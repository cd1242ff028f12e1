/**
 * Sessions: made by the server alone, ended for good, and kept where nobody can use a copy of them.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { RedisSessionStore } from "#server/redis/people/redis-session-store.ts";
import { everWritten, harmless, mustBeWell, mustRefuse, openWorld } from "#test/security/world.ts";
import { Line, Member, PASSWORD, request, tokenOf } from "#test/support/member.ts";
import { ask } from "#test/support/raw-http.ts";
import { RawSocket } from "#test/support/raw-socket.ts";

const world = await openWorld({ servers: 2 });
const { url, port, store } = world;
const elsewhere = world.servers[1]?.url ?? "";
const origin = { Origin: url };
const ada = await Member.enter(url, "ada");
const brin = await Member.enter(url, "brin");

const digest = (token: string) => createHash("sha256").update(token).digest("hex");
const chosen = randomBytes(32).toString("base64url");

/** Signs in as ada from a browser that already holds this cookie; gives the token it gets. */
async function signInWith(cookie: string): Promise<string> {
  const body = { username: "ada", password: PASSWORD };
  const headers = { ...origin, Cookie: cookie };
  const answer = await request(url, "POST", "/api/session", { body, headers });
  assert.equal(answer.status, 200, answer.text);
  return tokenOf(answer);
}

const isAlive = async (token: string) =>
  (await new Member(elsewhere, ada.me, token).call("GET", "/api/me")).status === 200;

test("[S10] a session that a client chose is never adopted", async () => {
  const token = await signInWith(`klatch=${chosen}`);
  assert.notEqual(token, chosen);
  assert.equal(await store.exists(`session:${digest(chosen)}`), 0);
  assert.equal(await isAlive(chosen), false);
  assert.equal(await isAlive(token), true);
});

test("[S10] [S-D11] signing in changes the session, and ends the one it replaces", async () => {
  const before = await signInWith("");
  await using line = await new Member(elsewhere, ada.me, before).connect();
  const after = await signInWith(`klatch=${before}`);
  assert.notEqual(after, before);
  await line.until(() => line.closing === "signed-out" && !line.socket.connected, "it is closed");
  assert.equal(await isAlive(before), false);
  assert.equal(await isAlive(after), true);
});

test("[S10] somebody else's sign-in in the same browser ends the session that was there", async () => {
  const before = await signInWith("");
  const body = { username: "brin", password: PASSWORD };
  const headers = { ...origin, Cookie: `klatch=${before}` };
  const answer = await request(url, "POST", "/api/session", { body, headers });
  assert.equal(answer.status, 200);
  assert.equal(await isAlive(before), false);
});

test("[S10] a failed sign-in leaves the session there was as it is", async () => {
  const token = await signInWith("");
  const body = { username: "brin", password: "not her password" };
  const headers = { ...origin, Cookie: `klatch=${token}` };
  const answer = await harmless(world, () =>
    request(url, "POST", "/api/session", { body, headers }),
  );
  mustRefuse(answer, "wrong-credentials");
  assert.deepEqual(answer.headers.getSetCookie(), []);
  assert.equal(await isAlive(token), true);
});

test("[S10] [S-D12] signing out ends the session everywhere, its sockets too, and no other", async () => {
  const other = await signInWith("");
  const token = await signInWith("");
  const member = new Member(url, ada.me, token);
  await using here = await member.connect();
  await using there = await member.at(elsewhere).connect();
  await using kept = await new Member(elsewhere, ada.me, other).connect();
  await Promise.all([here.join(), there.join(), kept.join()]);
  const began = performance.now();
  assert.equal((await member.call("DELETE", "/api/session")).status, 204);
  for (const line of [here, there]) {
    await line.until(() => line.closing === "signed-out", "it is told");
    await line.until(() => !line.socket.connected, "it is closed");
  }
  assert(performance.now() - began < 1_000);
  mustRefuse(await member.call("GET", "/api/me"), "not-signed-in");
  mustRefuse(await member.call("DELETE", "/api/session"), "not-signed-in");
  mustRefuse(await member.say("from beyond"), "not-signed-in");
  await assert.rejects(member.connect(), /sign in/u);
  assert.equal(kept.closing, undefined);
  assert.equal(await isAlive(other), true);
});

test("[S10] nothing is done for a socket whose session has ended, though it is not yet closed", async () => {
  const token = await signInWith("");
  await using raw = await RawSocket.signedIn(url, token);
  assert.deepEqual(await raw.command('"leave",{"room":"0"}'), {});
  await new Member(url, ada.me, token).call("DELETE", "/api/session");
  await raw.until(() => raw.closings.includes("signed-out"), "it is told");
  const sent = raw.command('"send",{"room":"0","cid":"too-late-1","message":"from beyond"}');
  assert.equal(await sent, undefined);
  const { messages } = await brin.history("?limit=5");
  assert(!messages.some(({ message }) => message === "from beyond"));
});

const { token } = ada;
const flip = (at: number) =>
  `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
const DAMAGED: Readonly<Record<string, string>> = {
  "no token": "",
  "one character less": token.slice(0, -1),
  "the first missing": token.slice(1),
  "one character more": `${token}A`,
  "the first changed": flip(0),
  "one changed in the middle": flip(20),
  "the last but one changed": flip(41),
  "another case": token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase(),
  "its digest": digest(token),
  "the key it is kept under": `session:${digest(token)}`,
  "padding of base64": `${token}=`,
  quotes: `"${token}"`,
  "a NUL, encoded": `${token}%00`,
  twice: token + token,
  "ten thousand characters": "A".repeat(10_000),
  zeros: "A".repeat(43),
  "a wildcard": "*",
  "a name of the prototype": "__proto__",
  "the user's id": String(ada.me.id),
  "a signed document": "eyJhbGciOiJub25lIn0.eyJ1c2VyIjoxfQ.",
  "an object in an express cookie": 'j:{"user":1}',
};

for (const [what, damaged] of Object.entries(DAMAGED)) {
  test(`[S10] a token that is ${what} is no session`, async () => {
    await harmless(world, async () => {
      const cookie = await ask(port, "GET /api/me", [`Cookie: klatch=${damaged}`]);
      mustRefuse(cookie, "not-signed-in");
      mustRefuse(
        await ask(port, "GET /api/me", [`Authorization: Bearer ${damaged}`]),
        "not-signed-in",
      );
      await assert.rejects(Line.open(url, { token: damaged }, {}), /sign in/u);
      const headers = { Cookie: `klatch=${encodeURIComponent(damaged)}`, ...origin };
      await assert.rejects(Line.open(url, {}, headers), /sign in/u);
    });
  });
}

test("[S10] only a cookie of exactly our name counts, and the first of two", async () => {
  const ways = [
    `Klatch=${token}`,
    `klatch2=${token}`,
    `__Host-klatch=${token}`,
    `x=klatch=${token}`,
  ];
  for (const cookie of [
    ...ways,
    `klatch="${token}"`,
    `klatch= ${token}`,
    `klatch=x; klatch=${token}`,
  ]) {
    mustRefuse(await ask(port, "GET /api/me", [`Cookie: ${cookie}`]), "not-signed-in", cookie);
  }
  const good = await ask(port, "GET /api/me", [`Cookie: a=b; klatch=${token}; c=d`]);
  assert.match(good.body, /"username":"ada"/u);
});

test("[S10] no token counts in an address", async () => {
  for (const query of [`token=${token}`, `klatch=${token}`, `access_token=${token}`]) {
    mustRefuse(await ask(port, `GET /api/me?${query}`), "not-signed-in", query);
  }
  const target = `/socket.io/?EIO=4&transport=websocket&token=${token}`;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`);
  const answered = new Promise<string>((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      const frame = String(data);
      if (frame.startsWith("0")) socket.send("40/chat,{}");
      else resolve(frame);
    });
  });
  assert.match(await answered, /^44\/chat,.*"not-signed-in"/u);
  socket.close();
});

test("[S10] another's session is another's, in a cookie or a header, and a header wins", async () => {
  const headers = [`Cookie: klatch=${ada.token}`, `Authorization: Bearer ${brin.token}`];
  assert.match((await ask(port, "GET /api/me", headers)).body, /"username":"brin"/u);
});

test("[S10] Redis holds digests alone, each with a time to live, and never held a token", async () => {
  const sessions = await store.keys("session:*");
  assert(sessions.length >= 5);
  for (const key of sessions) {
    assert.match(key, /^session:[0-9a-f]{64}$/u);
    const [left, fields] = [await store.ttl(key), await store.hGetAll(key)];
    assert(left > 0 && left <= 30 * 24 * 3600, `${key} ${left}`);
    assert.deepEqual(Object.keys(fields).sort(), ["since", "until", "used", "user"]);
    assert.equal(Number(fields["until"]) - Number(fields["since"]), 90 * 24 * 3600);
  }
  assert(sessions.includes(`session:${digest(ada.token)}`));
  for (const secret of [ada.token, brin.token, chosen, PASSWORD]) {
    assert.equal(everWritten(world, secret), false);
    for (const server of world.servers) assert(!server.output().includes(secret));
  }
});

test("[S10] touching a session that expired, or has outlived its most, does not bring it back", async () => {
  const sessions = new RedisSessionStore(store);
  const id = digest("expired");
  await sessions.create(id, ada.me.id);
  await store.pExpire(`session:${id}`, 1);
  while ((await store.exists(`session:${id}`)) === 1);
  assert.equal(await sessions.touch(id), undefined);
  assert.equal(await store.exists(`session:${id}`), 0);
  await sessions.create(id, ada.me.id);
  await store.hSet(`session:${id}`, { until: Math.floor(Date.now() / 1000) - 1, used: 0 });
  assert.equal(await sessions.touch(id), undefined);
  assert.equal(await store.exists(`session:${id}`), 0);
});

test("[S10] use renews a session, but never beyond its most", async () => {
  const sessions = new RedisSessionStore(store);
  const id = digest("renewed");
  await sessions.create(id, ada.me.id);
  const key = `session:${id}`;
  await store.expire(key, 500);
  await store.hSet(key, "used", 0);
  assert.equal((await sessions.touch(id))?.user.id, ada.me.id);
  assert((await store.ttl(key)) > 29 * 24 * 3600);
  await store.hSet(key, { until: Math.floor(Date.now() / 1000) + 100, used: 0 });
  await sessions.touch(id);
  const left = await store.ttl(key);
  assert(left > 0 && left <= 100, String(left));
  await store.del(key);
});

test("[S10] a session whose user is gone is none", async () => {
  const id = digest(chosen);
  await new RedisSessionStore(store).create(id, 987_654);
  assert.equal(await isAlive(chosen), false);
  await store.del(`session:${id}`);
  await mustBeWell(world);
});

test("[S10] tokens are 256 bits that never come twice and lean to no side", async () => {
  const { randomTokens } = await import("#server/secrets/random-tokens.ts");
  const tokens = Array.from({ length: 10_000 }, () => randomTokens.create());
  assert.equal(new Set(tokens).size, tokens.length);
  const ones = Array<number>(256).fill(0);
  for (const each of tokens) {
    const bytes = Buffer.from(each, "base64url");
    assert.equal(bytes.length, 32);
    bytes.forEach((byte, at) => {
      for (let bit = 0; bit < 8; bit++) {
        const place = at * 8 + bit;
        ones[place] = (ones[place] ?? 0) + ((byte >> bit) & 1);
      }
    });
  }
  // Six standard deviations of a fair coin thrown ten thousand times.
  for (const count of ones) assert(Math.abs(count - 5_000) < 300, String(count));
});
