/** Every limit a peer can reach today: one below it, at it, and one above it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { ErrorCode } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import { START } from "#protocol/position.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";
import { atLeast, upTo } from "#test/security/bounds.ts";
import { openWorld, mustBeWell, mustRefuse } from "#test/security/world.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import { ask } from "#test/support/raw-http.ts";
import { RawSocket } from "#test/support/raw-socket.ts";
import { until } from "#test/support/until.ts";
import { PlainLog } from "#test/support/plain-log.ts";

const world = await openWorld();
const { url, port, store } = world;
const ada = await Member.enter(url, "ada");
const brin = await Member.enter(url, "brin");

/** Opened first and looked at last: it never says who it is. */
const silentSince = performance.now();
const silent = await RawSocket.upgraded(url);
const silentUntil = silent.closed(LIMITS.handshakeMs + 20_000).then(() => performance.now());

function mustBe(answer: Awaited<ReturnType<typeof request>>, size: number, refused?: ErrorCode) {
  if (refused === undefined) assert(answer.status < 300, `${size}: ${answer.text}`);
  else mustRefuse(answer, refused, String(size));
}

for (const [what, size, refused] of upTo(
  LIMITS.messageCharsMax,
  "characters",
  "message-not-allowed",
)) {
  for (const letter of ["a", "語", "😀"]) {
    test(`[S02] a message of ${size} ${what} "${letter}" is ${refused ?? "stored"}`, async () => {
      const text = letter.repeat(size);
      mustBe(await ada.say(text), size, refused);
      await using line = await ada.connect();
      const answer = await line.send(text);
      assert.equal("error" in answer ? answer.error.code : undefined, refused);
      const [newest] = (await ada.history("?limit=1")).messages;
      if (refused === undefined) assert.equal(newest?.message, text);
    });
  }
}

for (const [what, size, refused] of [
  ...atLeast(LIMITS.cidCharsMin, "characters", "bad-request"),
  ...upTo(LIMITS.cidCharsMax, "characters", "bad-request"),
]) {
  test(`[S15] a cid of ${size} ${what} is ${refused ?? "taken"}`, async () => {
    mustBe(await ada.say("hello", "c".repeat(size)), size, refused);
  });
}

for (const [what, size, refused] of [
  ...atLeast(LIMITS.usernameCharsMin, "characters", "name-not-allowed"),
  ...upTo(LIMITS.usernameCharsMax, "characters", "name-not-allowed"),
]) {
  test(`[S05] a name of ${size} ${what} is ${refused ?? "taken"}`, async () => {
    const body = { username: "z".repeat(size), password: PASSWORD };
    mustBe(await request(url, "POST", "/api/accounts", { body }), size, refused);
  });
}

for (const [what, size, refused] of [
  ...atLeast(LIMITS.passwordCharsMin, "characters", "password-not-allowed"),
  ...upTo(LIMITS.passwordBytesMax, "bytes", "password-not-allowed"),
]) {
  test(`[S13] a password of ${size} ${what} is ${refused ?? "taken"}`, async () => {
    const password = "k7#mQ2!xw".repeat(9).slice(0, size);
    const body = { username: `p-${size}`, password };
    mustBe(await request(url, "POST", "/api/accounts", { body }), size, refused);
  });
}

for (const [what, size, refused] of [
  ...atLeast(1, "messages", "bad-request"),
  ...upTo(LIMITS.pageMessagesMax, "messages", "bad-request"),
]) {
  test(`[S-D7] a page of ${size} ${what} is ${refused ?? "given"}`, async () => {
    mustBe(await ada.call("GET", `/api/rooms/0/messages?limit=${size}`), size, refused);
  });
}

for (const [what, size, refused] of [
  ...atLeast(1, "ids", "bad-request"),
  ...upTo(LIMITS.peopleIdsMax, "ids", "bad-request"),
]) {
  test(`[S-D14] a question about ${size} ${what} is ${refused ?? "answered"}`, async () => {
    await using line = await RawSocket.signedIn(url, ada.token);
    const ids = JSON.stringify(Array<number>(size).fill(1));
    assert.equal(await line.refusal(`"people",{"ids":${ids}}`), refused);
  });
}

for (const [what, size, refused] of upTo(LIMITS.jsonDepthMax, "levels", "bad-request")) {
  test(`[S03] a body nested ${size} ${what} is ${refused ?? "read"}`, async () => {
    const nested = `${"[".repeat(size - 1)}${"]".repeat(size - 1)}`;
    const body = `{"username":"nobody-here","password":"wrong password","x":${nested}}`;
    const answer = await request(url, "POST", "/api/session", { body });
    mustRefuse(answer, refused ?? "wrong-credentials");
  });
}

for (const [what, size, refused] of upTo(LIMITS.urlCharsMax, "characters", "url-too-long")) {
  test(`[S02] an address of ${size} ${what} is ${refused ?? "read"}`, async () => {
    mustRefuse(await ask(port, `GET /${"a".repeat(size - 1)}`), refused ?? "not-found");
  });
}

for (const [what, size, refused] of upTo(LIMITS.bodyBytesMax, "bytes", "too-large")) {
  test(`[S02] a body of ${size} ${what} is ${refused ?? "read"}`, async () => {
    const body = "{}".padEnd(size);
    const answer = await request(url, "POST", "/api/session", { body });
    mustRefuse(answer, refused ?? "bad-request");
  });
}

for (const [what, size, refused] of upTo(LIMITS.headersMax, "headers", "headers-too-large")) {
  test(`[S02] a request with ${size} ${what} is ${refused ?? "read"}`, async () => {
    // Host is one more.
    const more = Array.from({ length: size - 1 }, (_, at) => `x-${at}: 1`);
    const answer = await ask(port, "GET /healthz", more);
    if (refused === undefined) assert.equal(answer.status, 200);
    else mustRefuse(answer, refused);
  });
}

for (const [what, size, code] of [
  ["bytes", LIMITS.frameBytesMax - 1],
  ["bytes", LIMITS.frameBytesMax],
  ["bytes", LIMITS.frameBytesMax + 1, 1009],
] as const) {
  test(`[S02] a frame of ${size} ${what} is ${code === undefined ? "read" : "cut off"}`, async () => {
    await using line = await RawSocket.signedIn(url, ada.token);
    const start = `42/chat,0["leave",{"room":"0","x":"`;
    line.write(`${start}${"x".repeat(size - start.length - 3)}"}]`);
    if (code !== undefined) assert.equal(await line.closed(), code);
    else await line.until(() => line.frames.includes("43/chat,0[{}]"), "it is answered");
  });
}

test("[S11] a member sends a burst, and is then told to wait", async () => {
  await using line = await RawSocket.signedIn(url, brin.token);
  const tries = LIMITS.sendBurst + 20;
  const answers = await Promise.all(
    Array.from({ length: tries }, () =>
      line.refusal(`"send",{"room":"0","cid":"${randomUUID()}","message":"hi"}`),
    ),
  );
  const sent = answers.indexOf("too-many-requests");
  assert(sent >= LIMITS.sendBurst && sent < LIMITS.sendBurst + 10, `refused after ${sent}`);
  assert(answers.every((code) => code === undefined || code === "too-many-requests"));
  assert.equal(line.code, undefined);
  const refused = await brin.say("and by the other way too");
  assert.equal(refused.headers.get("Retry-After"), "1");
  mustRefuse(refused, "too-many-requests");
});

test("[S11] a connection gives a burst of commands, and is then told to wait", async () => {
  await using line = await RawSocket.signedIn(url, ada.token);
  const tries = LIMITS.commandBurst + 50;
  const answers = await Promise.all(
    Array.from({ length: tries }, () => line.refusal(`"leave",{"room":"0"}`)),
  );
  const taken = answers.indexOf("too-many-requests");
  assert(taken >= LIMITS.commandBurst && taken < LIMITS.commandBurst + 30, `after ${taken}`);
  assert.equal(line.code, undefined);
});

test("[S18] a connection hears its most rooms, and not one more", async () => {
  await using line = await RawSocket.signedIn(url, ada.token);
  const rooms = Array.from({ length: LIMITS.roomsPerConnectionMax + 1 }, (_, at) => `9${at}`);
  await Promise.all(
    rooms.map((room) => store.hSet(keys.roomMembers(room), String(ada.me.id), "member")),
  );
  const outcomes: unknown[] = [];
  for (const room of rooms) {
    let answer = await line.command(`"join",{"room":"${room}"}`);
    while (JSON.stringify(answer).includes("retryAfter")) {
      await until(async () => {
        answer = await line.command(`"join",{"room":"${room}"}`);
        return !JSON.stringify(answer).includes("retryAfter");
      });
    }
    outcomes.push(answer);
  }
  const last = JSON.stringify(outcomes.pop());
  assert(outcomes.every((outcome) => JSON.stringify(outcome).includes('"state":"limited"')));
  assert.match(last, /"too-many-requests".*up to 128 rooms/u);
});

const isIn = (line: RawSocket) => line.frames.some((frame) => frame.startsWith("40/chat,"));
const isRefused = (line: RawSocket) =>
  line.closings.includes("too-many-connections") ||
  line.frames.some((frame) => /^44\/chat,.*"too-many-requests"/u.test(frame));

test("[S11] a user has their most connections, and not one more, however fast they come", async () => {
  const cleo = await Member.enter(url, "cleo");
  const most = LIMITS.connectionsPerUserMax;
  const open = (count: number) =>
    Promise.all(Array.from({ length: count }, () => RawSocket.upgraded(url)));
  const first = await open(most + 15);
  for (const line of first) line.write(`40/chat,${JSON.stringify({ token: cleo.token })}`);
  await until(() => first.every((line) => isIn(line) || isRefused(line)), { what: "all answered" });
  await until(() => first.filter((line) => !isRefused(line)).length === most, { what: "most" });
  const kept = first.filter((line) => !isRefused(line));
  for (const line of kept) assert.deepEqual(await line.command(`"leave",{"room":"0"}`), {});
  const [late] = await open(1);
  late?.write(`40/chat,${JSON.stringify({ token: cleo.token })}`);
  await until(() => late !== undefined && isRefused(late), { what: "one more is refused" });
  await kept[0]?.[Symbol.asyncDispose]();
  await until(
    async () => {
      const [again] = await open(1);
      again?.write(`40/chat,${JSON.stringify({ token: cleo.token })}`);
      await until(() => again !== undefined && (isIn(again) || isRefused(again)));
      return again !== undefined && isIn(again) && !isRefused(again);
    },
    { what: "a place that became free is given" },
  );
  for (const line of [...first, late]) await line?.[Symbol.asyncDispose]();
});

test("[S11] one connection that signs in many times at once counts as many", async () => {
  const dora = await Member.enter(url, "dora");
  await using line = await RawSocket.upgraded(url);
  const tries = LIMITS.connectionsPerUserMax + 30;
  for (let i = 0; i < tries; i++) line.write(`40/chat,${JSON.stringify({ token: dora.token })}`);
  await line.closed();
  await using next = await RawSocket.signedIn(url, dora.token);
  assert.deepEqual(await next.command(`"leave",{"room":"0"}`), {});
});

test("a client that missed the most events is told them one by one, and after one more reloads", async () => {
  const room = "77";
  await store.hSet(keys.roomMembers(room), String(ada.me.id), "member");
  const log = new PlainLog(new RedisMessageLog(store));
  const ids: string[] = [];
  for (let i = 0; i <= LIMITS.catchUpEventsMax + 1; i++) {
    const draft = { from: ada.me.id, room, cid: `missed-${i}`, text: `${i}` };
    const appended = await log.append(draft);
    assert(appended.kind === "stored");
    ids.push(appended.id);
  }
  await using line = await ada.connect();
  for (const missed of [-1, 0, 1].map((more) => LIMITS.catchUpEventsMax + more)) {
    const { state, messages } = await line.join(ids.at(-1 - missed) ?? START, room);
    const isTold = missed <= LIMITS.catchUpEventsMax;
    assert.equal(state, isTold ? "recovered" : "limited");
    assert.equal(messages.length, isTold ? missed : LIMITS.pageMessagesDefault);
  }
});

test("[S17] a connection that does not say who it is, is closed in time", async () => {
  const lasted = (await silentUntil) - silentSince;
  assert(lasted > LIMITS.handshakeMs - 1_000 && lasted < LIMITS.handshakeMs + 5_000, `${lasted}`);
});

test("after all of this the server is as it was", async () => {
  await mustBeWell(world);
});
