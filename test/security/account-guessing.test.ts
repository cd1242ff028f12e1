/** Guessing: how often anybody may try, and that nobody learns a name by trying. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { SIGN_IN_PER_ACCOUNT, SIGN_IN_PER_ADDRESS } from "#server/core/throttle.ts";
import { harmless, mustBeWell, mustRefuse, openWorld } from "#test/security/world.ts";
import type { Answer } from "#test/support/member.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import { ask } from "#test/support/raw-http.ts";

/** Two servers behind a proxy on this machine, and one that nobody stands in front of. */
const world = await openWorld({ servers: 2, args: ["--trusted-proxies", "127.0.0.1,10.0.0.0/8"] });
const bare = await openWorld();
const urls = world.servers.map((server) => server.url);
const { url } = world;

let addresses = 0;
/** An address nobody had before. */
function newAddress(): string {
  addresses++;
  return `198.51.${addresses >> 8}.${addresses & 255}`;
}

/**
 * A try to sign in; by default with a wrong password, from a new address, at alternating servers.
 */
function guess(
  username: string,
  { password = "not the password", from = newAddress(), at = urls[addresses % 2] ?? url } = {},
): Promise<Answer> {
  const headers = { "X-Forwarded-For": from };
  return request(at, "POST", "/api/session", { body: { username, password }, headers });
}

const { burst } = SIGN_IN_PER_ACCOUNT;

/**
 * An account nobody can sign in to for the moment: a try on it costs its address one, and no
 * hashing.
 */
const victim = await Member.enter(url, "victim");

test("[S11] an account takes a burst of guesses, from wherever and at whichever server they come", async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => guess("victim")));
  const wrong = answers.filter(({ status }) => status === 401);
  assert.equal(wrong.length, burst);
  for (const answer of answers) {
    if (answer.status === 401) mustRefuse(answer, "wrong-credentials");
    else mustRefuse(answer, "too-many-requests");
  }
});

test("[S11] a locked account stays locked under every spelling of its name, for the right password too", async () => {
  await harmless(world, async () => {
    for (const username of ["victim", "VICTIM", "Victim", "ｖｉｃｔｉｍ", "ⓥictim", "ＶＩctim"]) {
      mustRefuse(await guess(username), "too-many-requests", username);
    }
    const answer = await guess("victim", { password: PASSWORD });
    const { retryAfter = 0 } = mustRefuse(answer, "too-many-requests");
    assert(retryAfter > 0 && retryAfter <= SIGN_IN_PER_ACCOUNT.everyMs / 1000, String(retryAfter));
    assert.equal(answer.headers.get("Retry-After"), String(retryAfter));
  });
});

test("[S11] whoever is signed in stays so while somebody guesses at their account", async () => {
  for (const at of urls) assert.equal((await victim.at(at).call("GET", "/api/me")).status, 200);
  assert.equal((await victim.say("I am still here")).status, 201);
  await using line = await victim.connect();
  assert.equal("id" in (await line.send("and here")), true);
});

test("[S11] the right password gives the account its tries back", async () => {
  await Member.enter(url, "forgetful");
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < burst - 1; i++) mustRefuse(await guess("forgetful"), "wrong-credentials");
    assert.equal((await guess("forgetful", { password: PASSWORD })).status, 200);
  }
});

/** Takes all tries of an address, at both servers. */
async function exhaust(from: string): Promise<void> {
  const tries = Array.from({ length: SIGN_IN_PER_ADDRESS.burst }, () => guess("victim", { from }));
  for (const answer of await Promise.all(tries)) mustRefuse(answer, "too-many-requests");
  mustRefuse(await guess("somebody-else", { from }), "too-many-requests");
}

test("[S11] one address takes a burst of guesses over all accounts and servers", async () => {
  await exhaust("203.0.113.7");
  mustRefuse(await guess("somebody-else", { from: "203.0.113.8" }), "wrong-credentials");
});

test("[S11] behind a trusted proxy, what a client wrote itself does not count", async () => {
  await exhaust("203.0.113.9");
  await harmless(world, async () => {
    for (const from of [
      "1.2.3.4, 203.0.113.9",
      "1.2.3.4,203.0.113.9",
      "127.0.0.1, 203.0.113.9",
      "10.1.2.3, 203.0.113.9",
      "1.2.3.4, 203.0.113.9, 10.1.2.3",
      "1.2.3.4, 203.0.113.9, 127.0.0.1, 10.9.9.9",
      "unknown, 203.0.113.9",
      "::ffff:203.0.113.9",
      "1.2.3.4, ::ffff:203.0.113.9",
      "  203.0.113.9  ",
    ]) {
      mustRefuse(await guess("somebody-else", { from }), "too-many-requests", from);
    }
  });
});

test("[S11] a whole network of IPv6, which one customer has, is one address", async () => {
  await exhaust("2001:db8:1:2::1");
  for (const from of [
    "2001:db8:1:2::2",
    "2001:db8:1:2:ffff:ffff:ffff:ffff",
    "2001:0db8:0001:0002::3",
  ]) {
    mustRefuse(await guess("somebody-else", { from }), "too-many-requests", from);
  }
  mustRefuse(await guess("somebody-new", { from: "2001:db8:1:3::1" }), "wrong-credentials");
});

const SPOOFS = [
  "X-Forwarded-For: 1.2.3.4",
  "X-Forwarded-For: 1.2.3.4, 5.6.7.8",
  "X-Forwarded-For: 127.0.0.1",
  "X-Forwarded-For: ::1",
  "X-Forwarded-For: 2001:db8::1",
  "X-Forwarded-For: unknown",
  "X-Forwarded-For: ",
  "X-Forwarded-For: ,,,",
  "X-Forwarded-For: 1.2.3.4:5678",
  "X-Forwarded-For: '; FLUSHALL",
  `X-Forwarded-For: ${"1.2.3.4, ".repeat(500)}9.9.9.9`,
  "x-forwarded-for: 1.2.3.4",
  "X-Forwarded: for=1.2.3.4",
  "Forwarded: for=1.2.3.4;proto=https",
  "Forwarded-For: 1.2.3.4",
  "X-Real-IP: 1.2.3.4",
  "X-Client-IP: 1.2.3.4",
  "X-Cluster-Client-IP: 1.2.3.4",
  "X-Originating-IP: 1.2.3.4",
  "X-Remote-Addr: 1.2.3.4",
  "True-Client-IP: 1.2.3.4",
  "CF-Connecting-IP: 1.2.3.4",
  "Fastly-Client-IP: 1.2.3.4",
  "Via: 1.1 1.2.3.4",
];

test(`[S11] without a trusted proxy none of ${SPOOFS.length} headers makes another address`, async () => {
  const json = "Content-Type: application/json";
  const body = '{"username":"guessed","password":"not the password"}';
  const tries = SIGN_IN_PER_ADDRESS.burst;
  await Promise.all(
    Array.from({ length: tries }, (_, at) =>
      ask(bare.port, "POST /api/session", [json, `X-Forwarded-For: 9.9.9.${at}`], body),
    ),
  );
  const since = performance.now();
  const passed: string[] = [];
  await harmless(bare, async () => {
    const twice = ["X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2"];
    for (const [at, headers] of [...SPOOFS.map((header) => [header]), twice].entries()) {
      const other = body.replace("guessed", `guessed-${at}`);
      const answer = await ask(bare.port, "POST /api/session", [json, ...headers], other);
      if (answer.status === 429) mustRefuse(answer, "too-many-requests", headers.join());
      else passed.push(headers.join());
    }
  });
  // A slow machine takes so long that tries come back meanwhile, whatever the header.
  const cameBack = 1 + (performance.now() - since) / SIGN_IN_PER_ADDRESS.everyMs;
  assert(passed.length <= cameBack, `${passed.length} passed: ${passed.join("; ")}`);
});

const SAMPLES = 25;

test(`[S12] an unknown name and a wrong password cannot be told apart: ${SAMPLES} tries each`, async () => {
  const names = Array.from({ length: SAMPLES / burst }, (_, at) => `known-${at}`);
  await Promise.all(names.map((name) => Member.enter(url, name)));
  const known: number[] = [];
  const unknown: number[] = [];
  const answers = new Set<string>();
  const measure = async (username: string, times: number[]) => {
    const began = performance.now();
    const answer = await guess(username, { at: url });
    times.push(performance.now() - began);
    mustRefuse(answer, "wrong-credentials");
    const headers = [...answer.headers].filter(([name]) => name !== "date");
    answers.add(JSON.stringify([answer.status, answer.text, headers]));
  };
  await harmless(world, async () => {
    for (let i = 0; i < SAMPLES; i++) {
      // In turn, and each first as often as the other, so that a busy machine is busy for both.
      const first = i % 2 === 0;
      if (first) await measure(names[i % names.length] ?? "", known);
      await measure(`nobody-${i}`, unknown);
      if (!first) await measure(names[i % names.length] ?? "", known);
    }
  });
  assert.equal(answers.size, 1, [...answers].join("\n"));
  // On a busy machine single times say little, and which of two in a row is longer says nothing.
  const longer = known.filter((time, at) => time > (unknown[at] ?? 0)).length;
  const ratio = median(known) / median(unknown);
  const isTold = Math.abs(ratio - 1) > 0.05 && Math.abs(longer - SAMPLES / 2) > 0.35 * SAMPLES;
  assert(
    !isTold,
    `known names took ${ratio} times as long, and longer ${longer} of ${SAMPLES} times`,
  );
});

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

test("[S12] names and passwords that nobody can have are answered as wrong ones", async () => {
  const wrong = await guess("nobody-at-all");
  const odd = [
    ["", "not the password"],
    ["a", "not the password"],
    ["admin", "not the password"],
    ["__proto__", "not the password"],
    ["na\u0000me", "not the password"],
    ["na\r\nme", "not the password"],
    ["\ud800", "not the password"],
    ["{room:0}", "not the password"],
    ["x".repeat(256), "not the password"],
    ["forgetful", ""],
    ["forgetful", "x".repeat(1_024)],
    ["forgetful", `${PASSWORD}\u0000`],
  ] as const;
  await harmless(world, async () => {
    for (const [username, password] of odd) {
      const answer = await guess(username, { password });
      mustRefuse(answer, "wrong-credentials", JSON.stringify(username));
      assert.equal(answer.text, wrong.text);
    }
  });
});

test("[S13] a password is right as a whole, whatever bcrypt would leave out", async () => {
  const full = "correct horse battery ".repeat(4).slice(0, LIMITS.passwordBytesMax);
  const body = { username: "prefix", password: full };
  assert.equal((await request(url, "POST", "/api/accounts", { body })).status, 201);
  for (const password of [
    `${full}x`,
    `${full}\u0000`,
    full.slice(0, -1),
    `${full.slice(0, -1)}\u0000`,
  ]) {
    mustRefuse(await guess("prefix", { password }), "wrong-credentials");
  }
  assert.equal((await guess("prefix", { password: full })).status, 200);
});

test("[S13] a megabyte of password is refused before anybody hashes it", async () => {
  const began = performance.now();
  const body = JSON.stringify({ username: "victim", password: "x".repeat(1_000_000) });
  const { port } = world;
  const json = ["Content-Type: application/json"];
  mustRefuse(await ask(port, "POST /api/session", json, body), "too-large");
  const long = { username: "victim", password: "x".repeat(1_025) };
  mustRefuse(await request(url, "POST", "/api/session", { body: long }), "bad-request");
  assert(performance.now() - began < 1_000);
  await mustBeWell(world);
});
