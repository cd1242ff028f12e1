/** The keys of strangers: agreeing on them, cheating at it, forgetting them, and tampering with frames. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { LIMITS } from "#protocol/limits.ts";
import type { Role, SealedFrame } from "#protocol/stranger.ts";
import { fromBase64, randomBytes, toBase64 } from "#sdk/strangers/bytes.ts";
import { Exchange, KEY_BYTES } from "#sdk/strangers/keys/exchange.ts";
import type { Agreed, ExchangeFrame } from "#sdk/strangers/keys/exchange.ts";
import { Ratchet } from "#sdk/strangers/keys/ratchet.ts";
import { SAFETY_WORDS } from "#sdk/strangers/keys/safety-words.ts";
import { packTyping } from "#sdk/strangers/lines/signals.ts";

const PAIR = "AAECAwQFBgcICQoLDA0ODw";
const begin = (role: Role, epoch = 1, pair = PAIR) => Exchange.begin({ pair, role, epoch });

/** Carries what they say between the two until both have keys. */
async function agree(zero: Exchange, one: Exchange): Promise<readonly [Agreed, Agreed]> {
  const agreed: (Agreed | undefined)[] = [undefined, undefined];
  const under: [Role, ExchangeFrame][] = zero.opening().map((frame) => [1, frame]);
  for (let next = under.shift(); next !== undefined; next = under.shift()) {
    const [to, frame] = next;
    const step = await (to === 0 ? zero : one).hear(frame);
    assert.equal(step.cheated, undefined);
    agreed[to] ??= step.agreed;
    const back: Role = to === 0 ? 1 : 0;
    under.push(...step.say.map((each): [Role, ExchangeFrame] => [back, each]));
  }
  assert.ok(agreed[0] && agreed[1]);
  return [agreed[0], agreed[1]];
}

const agreement = async (epoch = 1, pair = PAIR) =>
  agree(await begin(0, epoch, pair), await begin(1, epoch, pair));

describe("the exchange of keys", () => {
  test("[SG24] both get the same keys, others each time, and the same four words", async () => {
    const phrases = new Set<string>();
    for (let epoch = 0; epoch < 8; epoch++) {
      const [zero, one] = await agreement(epoch);
      assert.equal(zero.phrase.length, 4);
      assert.deepEqual(zero.phrase, one.phrase);
      phrases.add(zero.phrase.join(" "));
      const there = await one.channel.open(await zero.channel.seal("typing", packTyping(true)));
      const back = await zero.channel.open(await one.channel.seal("typing", packTyping(false)));
      assert.deepEqual([there.is, back.is], ["genuine", "genuine"]);
    }
    assert.equal(phrases.size, 8);
    assert.equal(new Set(SAFETY_WORDS).size, 256);
    assert.ok(SAFETY_WORDS.every((word) => /^[a-z]{3,9}$/u.test(word)));
  });

  test("[SG24] who is between the two and gives each a key of their own is betrayed by the words", async () => {
    const [ada, brin] = [await begin(0), await begin(1)];
    const [towardsAda, towardsBrin] = [await begin(1), await begin(0)];
    const [[atAda], [, atBrin]] = [await agree(ada, towardsAda), await agree(towardsBrin, brin)];
    assert.notDeepEqual(atAda.phrase, atBrin.phrase);
  });

  test("[SG24] role 0 cannot show another key than it is committed to", async () => {
    const [zero, other, one] = [await begin(0), await begin(0), await begin(1)];
    for (const frame of zero.opening()) await one.hear(frame);
    const [key] = one.opening();
    assert.ok(key);
    const { say } = await other.hear(key);
    assert.equal(say.length, 1);
    for (const frame of say) assert.deepEqual(await one.hear(frame), { say: [], cheated: true });
  });

  test("[SG24] role 1 shows its key only after the commitment", async () => {
    const [zero, one] = [await begin(0), await begin(1)];
    assert.deepEqual(one.opening(), []);
    const { say } = await zero.hear({ kind: "key", epoch: 1, key: await shownKey() });
    assert.deepEqual(
      say.map(({ kind }) => kind),
      ["key"],
    );
    for (const frame of say) assert.equal((await one.hear(frame)).cheated, true);
  });

  test("[SG24] repetitions change nothing and are answered again", async () => {
    const [zero, one] = [await begin(0), await begin(1)];
    const [commit] = zero.opening();
    assert.ok(commit);
    const [key] = (await one.hear(commit)).say;
    assert.deepEqual((await one.hear(commit)).say, [key]);
    assert.ok(key);
    const first = await zero.hear(key);
    const again = await zero.hear(key);
    assert.ok(first.agreed);
    assert.deepEqual([again.say, again.agreed], [first.say, undefined]);
    const [shown] = first.say;
    assert.ok(shown);
    assert.ok((await one.hear(shown)).agreed);
    assert.deepEqual(await one.hear(shown), { say: [] });
    assert.deepEqual(await one.hear({ ...shown, epoch: 2 }), { say: [] });
  });

  test("[SG24] what is no key of this curve, or one's own, ends it", async () => {
    const good = fromBase64(await shownKey()) ?? randomBytes(KEY_BYTES);
    const bad = [
      good.subarray(0, KEY_BYTES - 1),
      new Uint8Array([...good, 0]),
      new Uint8Array(KEY_BYTES),
      Uint8Array.from(good, (byte, at) => (at === 0 ? 2 : byte)),
      Uint8Array.from(good, (byte, at) => (at === 64 ? byte ^ 1 : byte)),
      new Uint8Array(0),
    ];
    for (const bytes of bad) {
      const zero = await begin(0);
      const step = await zero.hear({ kind: "key", epoch: 1, key: toBase64(new Uint8Array(bytes)) });
      assert.equal(step.cheated, true);
    }
    const zero = await begin(0);
    assert.equal((await zero.hear({ kind: "key", epoch: 1, key: "no base64!" })).cheated, true);
    assert.equal((await zero.hear({ kind: "commit", epoch: 1, digest: "AAAA" })).cheated, true);
    const one = await begin(1);
    const [commit] = (await begin(0)).opening();
    const [other] = (await begin(0)).opening();
    assert.ok(commit && other);
    const [own] = (await one.hear(commit)).say;
    assert.ok(own);
    assert.equal((await one.hear(own)).cheated, true, "its own key, reflected");
    assert.equal((await one.hear(other)).cheated, true, "another commitment");
    for (const length of [31, 33]) {
      const digest = toBase64(randomBytes(length));
      assert.equal(
        (await (await begin(1)).hear({ kind: "commit", epoch: 1, digest })).cheated,
        true,
      );
    }
  });
});

describe("sealed frames", () => {
  test("[SG25] nothing that was changed on its way is opened", async () => {
    const flip = fc.record({ at: fc.nat(), bit: fc.nat(7) });
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, bit }) => {
        const [zero, one] = await agreement();
        const frame = await zero.channel.seal("typing", packTyping(true));
        const box = fromBase64(frame.box) ?? new Uint8Array();
        const place = at % box.length;
        box[place] = (box[place] ?? 0) ^ (1 << bit);
        assert.equal((await one.channel.open({ ...frame, box: toBase64(box) })).is, "forged");
        // And the forgery did not move the ratchet.
        assert.equal((await one.channel.open(frame)).is, "genuine");
      }),
      { numRuns: 40 },
    );
  });

  test("[SG25] a frame with another kind, number, epoch, end or chat is not opened", async () => {
    const [zero, one] = await agreement();
    const [, stranger] = await agreement(1, "AAECAwQFBgcICQoLDA0OAA");
    const first = await zero.channel.seal("typing", packTyping(true));
    const second = await zero.channel.seal("typing", packTyping(false));
    const changed: [string, SealedFrame][] = [
      ["kind", { ...first, kind: "ack" }],
      ["kind", { ...first, kind: "line" }],
      ["seq", { ...first, seq: 1 }],
      ["seq", { ...first, seq: 7 }],
      ["box", { ...first, box: second.box }],
      ["cut", { ...first, box: first.box.slice(0, -4) }],
      ["empty", { ...first, box: "AA" }],
    ];
    for (const [what, frame] of changed) {
      assert.equal((await one.channel.open(frame)).is, "forged", what);
    }
    assert.equal((await one.channel.open({ ...first, epoch: 2 })).is, "late");
    assert.equal((await zero.channel.open(first)).is, "forged", "reflected");
    assert.equal((await stranger.channel.open(first)).is, "forged", "another chat");
    assert.equal((await one.channel.open(first)).is, "genuine");
    assert.equal((await one.channel.open(first)).is, "late", "replayed");
    assert.equal((await one.channel.open(second)).is, "genuine");
    assert.equal((await one.channel.open(first)).is, "late", "swapped");
  });

  test("[SG26] lost frames are skipped, up to 1,000 of them, and never gone back to", async () => {
    const max = LIMITS.lostFramesMax;
    for (const [lost, is] of [
      [max - 1, "genuine"],
      [max, "genuine"],
      [max + 1, "far"],
    ] as const) {
      const [zero, one] = await agreement();
      const early = await zero.channel.seal("typing", packTyping(true));
      for (let n = 1; n < lost; n++) await zero.channel.seal("typing", packTyping(true));
      const frame = await zero.channel.seal("typing", packTyping(true));
      assert.equal((await one.channel.open(frame)).is, is);
      assert.equal((await one.channel.open(early)).is, is === "far" ? "genuine" : "late");
    }
  });

  test("[SG26] who takes hold of a chain opens nothing that was sealed before", () => {
    const start = randomBytes(32);
    const keys = new Ratchet(start.slice());
    const before = Array.from({ length: 5 }, () => toBase64(keys.next().key));
    const given = start.slice();
    const receiving = new Ratchet(given);
    for (let seq = 0; seq < 5; seq++) {
      const ahead = receiving.peek(seq);
      assert.equal(ahead && toBase64(ahead.key), before[seq]);
      ahead?.confirm();
      assert.equal(receiving.peek(seq), undefined);
    }
    assert.ok(
      given.every((byte) => byte === 0),
      "the chain is overwritten",
    );
    const stolen = receiving.peek(5)?.key;
    assert.ok(stolen && !before.includes(toBase64(stolen)));
    const pending = receiving.peek(5);
    receiving.forget();
    pending?.confirm();
    assert.equal(receiving.peek(5), undefined);
    keys.forget();
    assert.throws(() => keys.next());
  });
});

async function shownKey(): Promise<string> {
  const [zero, one] = [await begin(0), await begin(1)];
  for (const frame of zero.opening()) await one.hear(frame);
  const [frame] = one.opening();
  assert.ok(frame?.kind === "key");
  return frame.key;
}
