/** The door of strangers: places, rates, work and proofs, over a clock and a store of the test's own. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { Challenge } from "#protocol/stranger.ts";
import { TokenBucket } from "#server/core/token-bucket.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { Door } from "#server/stranger/safety/door.ts";
import { Proofs, zeroBits } from "#server/stranger/safety/proofs.ts";
import type { Ban, SafetyStore } from "#server/stranger/safety/safety-store.ts";
import type { Strain } from "#server/stranger/safety/strain.ts";
import { lineCost, proofBits, skipCost } from "#server/stranger/safety/strain.ts";
import { Secrets } from "#server/stranger/secrets.ts";
import { Stranger } from "#server/stranger/stranger.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

const HOME = "203.0.113.7";
const CALM: Strain = { score: 0, skips: 0, networkScore: 0, offences: 0, waitMs: 0 };

let clock: ManualClock;
let keys: Map<string, Buffer>;
let strain: Strain;
let paid: { cost: number; skips: number }[];
let ban: Ban | undefined;
let door: Door;
let proofs: Proofs;

const spent = new Set<string>();

/** Only what the door asks for. */
// oxlint-disable-next-line no-unsafe-type-assertion -- because the door uses no other part of it
const store = {
  strain: async (_uid: string, _network: string, cost: number, skips: number) => {
    paid.push({ cost, skips });
    return strain;
  },
  spend: async (challenge: string) => {
    const isNew = !spent.has(challenge);
    spent.add(challenge);
    return isNew;
  },
  salts: async (days: readonly number[]) => days.map(() => undefined),
  banOf: async () => ban,
} as unknown as SafetyStore;

/** Counts as the throttle on Redis does, by the test's clock. */
function throttleBy(time: ManualClock): Throttle {
  const buckets = new Map<string, TokenBucket>();
  return {
    take: async (subject, { burst, everyMs }) => {
      const bucket = buckets.get(subject) ?? new TokenBucket(time, burst, 1000 / everyMs);
      buckets.set(subject, bucket);
      return bucket.take();
    },
    clear: async (subject) => void buckets.delete(subject),
  };
}

async function come(address: string): Promise<Stranger> {
  const origin = await door.knock(address);
  const { network } = origin;
  const wire = { tell: () => undefined, close: () => undefined };
  const uid = String(Math.random());
  const stranger = new Stranger({ uid, network, token: "", epoch: 0, wire, clock });
  door.arrived(stranger, origin);
  return stranger;
}

/** The answer to a challenge, found the hard way. */
function solve({ nonce, bits }: Challenge) {
  let answer = 0;
  while (zeroBits(nonce, String(answer)) < bits) answer++;
  return { nonce, answer: String(answer) };
}

const box = (bytes: number) => Buffer.alloc(bytes).toString("base64url");

const ownBits = (score: number, skips = 0) => proofBits({ ...CALM, score, skips });
const networkBits = (networkScore: number, offences = 0) =>
  proofBits({ ...CALM, networkScore, offences });

/** Whether another proof, of a network of its own, is taken. */
async function isNextTaken(at: number): Promise<boolean> {
  const network = `network ${at}`;
  return proofs.isGood(network, solve(await proofs.challenge(network, 0)));
}

function fail(error: unknown): never {
  assert.fail(String(error));
}

beforeEach(() => {
  clock = new ManualClock();
  keys = new Map();
  strain = CALM;
  paid = [];
  ban = undefined;
  spent.clear();
  const secret = async (name: string) => {
    const key = keys.get(name) ?? Buffer.from(name.padEnd(32));
    keys.set(name, key);
    return key;
  };
  const secrets = new Secrets({ secret }, clock);
  const throttle = throttleBy(clock);
  door = new Door({ secrets, store, throttle, clock, onError: fail });
  proofs = new Proofs({ secrets, store, throttle, clock });
});

describe("the door of strangers", () => {
  test("[SF4] up to 50 of one network are at a server; who leaves makes room", async () => {
    const all: Stranger[] = [];
    for (let at = 0; at < LIMITS.strangersPerNetworkMax; at++) all.push(await come(HOME));
    await assert.rejects(come(HOME), { code: "too-many-requests" });
    await assert.rejects(come(`::ffff:${HOME}`), { code: "too-many-requests" });
    await come("203.0.113.8");
    const [first] = all;
    assert.ok(first);
    door.left(first);
    door.left(first);
    await come(HOME);
    await assert.rejects(come(HOME), { code: "too-many-requests" });
  });

  test("[SF4] of version 6 the 64 bits of one line are one network", async () => {
    for (let at = 0; at < LIMITS.strangersPerNetworkMax; at++) await come(`2001:db8::${at + 1}`);
    await assert.rejects(come("2001:db8:0:0:ffff::1"), { code: "too-many-requests" });
    await come("2001:db8:0:1::1");
  });

  test("[SF4] up to 100 of one network enter at once, and then 60 a minute", async () => {
    for (let at = 0; at < LIMITS.strangerEnterBurst; at++) door.left(await come(HOME));
    await assert.rejects(come(HOME), { code: "too-many-requests" });
    // Who was refused holds no place.
    await clock.advance(60_000 / LIMITS.strangerEntersPerMinute);
    door.left(await come(HOME));
    await assert.rejects(come(HOME), { code: "too-many-requests" });
  });

  test("[SF5] who is banned neither enters nor searches, and is told why and until when", async () => {
    const stranger = await come(HOME);
    const until = Math.floor(clock.now() / 1000) + 3_600;
    ban = { id: "x", until, reason: "threat" };
    const why = {
      code: "strangers-banned",
      until,
      message: /threats.* until 2023-11-14 23:13 UTC/u,
    };
    await assert.rejects(come(HOME), why);
    await assert.rejects(door.search(stranger, undefined), why);
    ban = undefined;
    assert.equal(await door.search(stranger, undefined), undefined);
  });

  test("[SF3] who pauses is told why, and until when", async () => {
    const stranger = await come(HOME);
    strain = { ...CALM, waitMs: 61_000 };
    const until = Math.ceil((clock.now() + 61_000) / 1000);
    const why = { code: "strangers-banned", until, message: /pause of 2 minutes, until 2023/u };
    await assert.rejects(door.search(stranger, undefined), why);
  });

  test("[SF1] a search costs 1, lines by their size, and a skip the more the shorter the chat was", async () => {
    const stranger = await come(HOME);
    await door.search(stranger, undefined);
    const frame = { epoch: 0, seq: 0 } as const;
    door.said(stranger, { ...frame, kind: "line", box: box(256 + 16) });
    door.said(stranger, { ...frame, kind: "line", box: box(1024 + 16) });
    door.said(stranger, { ...frame, kind: "typing", box: box(256 + 16) });
    door.skips(stranger);
    await door.search(stranger, undefined);
    await door.search(stranger, undefined);
    assert.deepEqual(
      paid.map(({ cost, skips }) => [Number(cost.toFixed(3)), skips]),
      [
        [1, 0],
        [3, 0],
        [1, 0],
      ],
    );
    assert.deepEqual([0, 1_000, 2_000, 4_000, 60_000].map(skipCost), [6, 6, 6, 3, 0.2]);
    assert.equal(lineCost({ ...frame, kind: "ack", box: box(272) }), 0);
  });

  test("[SF1] what is owed is paid by who leaves, too", async () => {
    const stranger = await come(HOME);
    door.said(stranger, { kind: "line", epoch: 0, seq: 0, box: box(272) });
    door.left(stranger);
    assert.deepEqual(paid, [{ cost: 0.85, skips: 0 }]);
  });

  test("[SF1] work is asked for from a score of 12 on, and doubles with each 8 more", () => {
    assert.deepEqual(
      [0, 11.9, 12, 19.9, 20, 28, 36].map((score) => ownBits(score)),
      [0, 0, 14, 14, 15, 16, 17],
    );
    assert.equal(ownBits(1_000, LIMITS.strangerSkipsPerMinute), 18);
    assert.equal(ownBits(1_000, LIMITS.strangerSkipsPerMinute + 1), 22);
    assert.ok(ownBits(1_000, 11) <= LIMITS.proofBitsMax);
    assert.deepEqual(
      [39.9, 40, 60, 1_000].map((score) => networkBits(score)),
      [0, 14, 15, 18],
    );
    assert.equal(networkBits(1_000, 1), 20);
  });

  test("[SF6] who has done the work searches; the challenge is worth nothing again", async () => {
    const stranger = await come(HOME);
    strain = { ...CALM, score: 12 };
    const challenge = await door.search(stranger, undefined);
    assert.ok(challenge);
    assert.equal(challenge.bits, 14);
    const proof = solve(challenge);
    assert.equal(await door.search(stranger, proof), undefined);
    assert.deepEqual(paid.at(-1), { cost: 0, skips: 0 });
    const next = await door.search(stranger, proof);
    assert.ok(next !== undefined && next.nonce !== challenge.nonce);
  });
});

describe("a proof of work", () => {
  test("[SF6] is bound to its network, its difficulty and its text", async () => {
    const challenge = await proofs.challenge("home", 10);
    const proof = solve(challenge);
    const { nonce } = proof;
    assert.equal(await proofs.isGood("elsewhere", proof), false);
    const easier = nonce.replace(".10.", ".01.");
    for (const other of [easier, `${nonce}x`, nonce.slice(1), nonce.replaceAll(".", ""), "", "…"]) {
      const solved = solve({ nonce: other, bits: 10 });
      assert.equal(await proofs.isGood("home", solved), false, other);
    }
    let no = 0;
    while (zeroBits(nonce, String(no)) >= 10) no++;
    assert.equal(await proofs.isGood("home", { nonce, answer: String(no) }), false);
    assert.equal(await proofs.isGood("home", proof), true);
    assert.equal(await proofs.isGood("home", proof), false);
  });

  test("[SF6] is good for two minutes", async () => {
    const [early, late] = [await proofs.challenge("home", 1), await proofs.challenge("home", 1)];
    await clock.advance(LIMITS.proofLifeMs - 1);
    assert.equal(await proofs.isGood("home", solve(early)), true);
    await clock.advance(1);
    assert.equal(await proofs.isGood("home", solve(late)), false);
    await clock.advance(1);
    assert.equal(await proofs.isGood("home", solve(late)), false);
  });

  test("[SF6] of all Klatch up to 1,000 are taken at once, and then 200 a second", async () => {
    for (let at = 0; at < LIMITS.proofBurst; at++) assert.equal(await isNextTaken(at), true);
    await assert.rejects(isNextTaken(-1), { code: "busy" });
    await clock.advance(1000 / LIMITS.proofsPerSecond);
    assert.equal(await isNextTaken(-2), true);
    await assert.rejects(isNextTaken(-3), { code: "busy" });
  });

  test("[SF6] zero bits are counted as the protocol says", () => {
    for (let answer = 0; answer < 2_000; answer++) {
      const digest = createHash("sha256").update(`a.${answer}`).digest();
      const bits = [...digest].map((byte) => byte.toString(2).padStart(8, "0")).join("");
      assert.equal(zeroBits("a", String(answer)), bits.indexOf("1"));
    }
  });
});
