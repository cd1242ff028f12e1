/** Strangers as a page sees them: searching, being refused, ending, coming back, and what a server may not do. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { Challenge, Proof } from "#protocol/stranger.ts";
import { isAnswer, prove } from "#sdk/strangers/proof.ts";
import type { StrangerState } from "#sdk/strangers/state.ts";
import { stagesOf } from "#sdk/strangers/state.ts";
import type { Strangers } from "#sdk/strangers/strangers.ts";
import { MemoryTokenKeeper } from "#sdk/strangers/world.ts";
import { StrangerRelay } from "#test/support/stranger-world.ts";

const TEA = { interests: ["tea"], language: "en" } as const;
const ended = ({ state }: Strangers) => (state.at === "ended" ? state.reason : state.at);
const stages = (interests: readonly string[], language: string, only?: true) =>
  stagesOf({ interests, language, ...(only && { onlyInterests: only }) });
const NOT_NOW = { code: "strangers-closed", detail: "Closed for today." } as const;

describe("searching", () => {
  test("[SG30] goes on among those who share, who speak the language, then all", async () => {
    const relay = new StrangerRelay();
    const ada = relay.visitor();
    const seen: unknown[] = [];
    ada.onChange(() => {
      const { state } = ada;
      const now = state.at === "searching" ? state.stage : state.at;
      if (seen.at(-1) !== now) seen.push(now);
    });
    relay.searched = () => ({ state: "waiting", wait: "under-15-s" });
    ada.search(TEA);
    await relay.until(() => ada.state.at === "searching" && ada.state.wait === "under-15-s");
    relay.clock.advance(20_000);
    assert.deepEqual(seen, ["entering", "interests", "language", "anyone"]);
    ada.stop();
    assert.deepEqual(ada.state, { at: "idle" });
    relay.clock.advance(10);
    assert.equal(relay.clock.timers, 0);
  });

  test("[SG30] has no stage that cannot be", () => {
    assert.deepEqual(stages(["a"], "en"), [
      [0, "interests"],
      [5_000, "language"],
      [12_000, "anyone"],
    ]);
    assert.deepEqual(stages(["a"], "any"), [
      [0, "interests"],
      [5_000, "anyone"],
    ]);
    assert.deepEqual(stages([], "en"), [
      [0, "language"],
      [12_000, "anyone"],
    ]);
    assert.deepEqual(stages([], "any"), [[0, "anyone"]]);
    assert.deepEqual(stages(["a"], "en", true), [[0, "interests"]]);
  });

  test("[SG30] a lost search is begun again by itself, and a break loses nothing", async () => {
    const relay = new StrangerRelay();
    const ada = relay.visitor();
    ada.search(TEA);
    const searches = () => relay.commands.filter(({ name }) => name === "search").length;
    await relay.until(() => searches() === 1 && ada.state.at === "searching");
    const brin = relay.visitor();
    brin.search(TEA);
    await relay.until(() => ada.state.at === "talking" && brin.state.at === "talking");
    brin.search(TEA);
    await relay.until(() => ended(ada) === "skipped" && brin.state.at === "searching");
    assert.equal(ada.talk?.lines.length, 0);
    ada.search(TEA);
    await relay.until(() => ada.state.at === "talking");
  });

  test("[SG31] work that is asked for is done and shown, and then one searches", async () => {
    const relay = new StrangerRelay();
    const challenge: Challenge = { nonce: "abc", bits: 8 };
    relay.searched = (body) => {
      const { nonce, answer } = proofIn(body);
      const isDone = nonce === "abc" && isAnswer(challenge, answer);
      return isDone ? { state: "waiting" } : { state: "proof", challenge };
    };
    const ada = relay.visitor();
    const seen = new Set<string>();
    ada.onChange(() => seen.add(ada.state.at));
    ada.search(TEA);
    await relay.until(() => ada.state.at === "searching" && seen.has("proving"));
    ada.stop();
  });

  test("[SG31] the hardest work that is done has 24 zero bits", async () => {
    const max = LIMITS.proofBitsMax;
    const begun: number[] = [];
    for (const bits of [max - 1, max, max + 1]) {
      const relay = new StrangerRelay();
      relay.searched = () => ({ state: "proof", challenge: { nonce: "abc", bits } });
      const ada = relay.visitor(new MemoryTokenKeeper(), {
        prove: async ({ bits: asked }) => {
          begun.push(asked);
          return new Promise(() => {});
        },
      });
      ada.search(TEA);
      await relay.until(() => ada.state.at === (bits > max ? "refused" : "proving"));
      ada.close();
    }
    assert.deepEqual(begun, [max - 1, max]);
    const signal = AbortSignal.abort();
    await assert.rejects(
      prove({ nonce: "a", bits: max + 1 }, () => {}, signal),
      RangeError,
    );
    await assert.rejects(
      prove({ nonce: "a", bits: 1 }, () => {}, signal),
      { name: "AbortError" },
    );
  });

  test("[SG31] who is banned, or comes when it is closed, is told why and does not try on", async () => {
    const banned = { code: "strangers-banned", detail: "For spam.", until: 1_900_000_000 } as const;
    for (const [error, state] of [
      [banned, { at: "refused", why: "banned", detail: "For spam.", until: 1_900_000_000 }],
      [NOT_NOW, { at: "refused", why: "closed", detail: "Closed for today." }],
    ] as const) {
      for (const where of ["enter", "search"] as const) {
        const relay = new StrangerRelay();
        if (where === "enter") relay.entering = () => error;
        else relay.searched = () => ({ error });
        const ada = relay.visitor();
        ada.search(TEA);
        await relay.until(() => ada.state.at === "refused");
        assert.deepEqual(ada.state, state);
        assert.equal(relay.clock.timers, 0);
        ada.dismiss();
        assert.deepEqual(ada.state, { at: "idle" });
      }
    }
  });

  test("[SG31] a server that has too much to do is asked again later", async () => {
    const relay = new StrangerRelay();
    let asked = 0;
    relay.searched = () =>
      ++asked < 3
        ? { error: { code: "busy", detail: "Too much to do.", retryAfter: 1 } }
        : { state: "waiting" };
    const ada = relay.visitor();
    ada.search(TEA);
    await relay.until(() => asked === 3);
    assert.equal(ada.state.at, "searching");
    ada.close();
  });
});

describe("the end of a chat", () => {
  test("[SG32] each is told how it ended, and nothing can be said any more", async () => {
    for (const [how, mine, theirs] of [
      [(it: Strangers) => it.end(), "you-left", "left"],
      [(it: Strangers) => it.block(), "you-blocked", "left"],
      [(it: Strangers) => it.search(TEA), "searching", "skipped"],
    ] as const) {
      const relay = new StrangerRelay();
      const [ada, brin] = await relay.meet();
      how(ada);
      await relay.until(() => ended(brin) === theirs && ended(ada) === mine);
      assert.throws(() => brin.say("wait"), { code: "offline" });
      brin.dismiss();
      assert.equal(brin.talk, undefined);
      ada.close();
      assert.equal(relay.clock.timers, 0);
    }
  });

  test("[SG32] who leaves while not connected has left as soon as they are", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    relay.cut(0);
    assert.equal(brin.state.at, "away");
    ada.end();
    assert.equal(ended(ada), "you-left");
    await relay.until(() => ended(brin) === "left");
  });

  test("[SG32] who was away too long, or does not come back, is told so", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    relay.entering = () => ({ code: "unavailable", detail: "Not now." });
    relay.cut(0);
    relay.clock.advance(LIMITS.strangerGraceMs + 4_000);
    assert.equal(ended(brin), "away");
    relay.clock.advance(2_000);
    assert.equal(ended(brin), "lost");
    relay.entering = () => undefined;
    await relay.until(() => ended(ada) === "gone");
  });

  test("[SG32] the connection is kept for a report, and closed after a minute", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    ada.end();
    await relay.until(() => ended(brin) === "left");
    assert.ok(brin.isConnected);
    relay.clock.advance(60_000);
    assert.ok(!brin.isConnected);
    await assert.rejects(brin.report("spam", new Set()), { code: "offline" });
    brin.search(TEA);
    await relay.until(() => brin.state.at === "searching");
    brin.close();
  });

  test("[SG24] somebody who cheats with the keys ends the chat, and one is told", async () => {
    const relay = new StrangerRelay();
    relay.tamper = (frame) => (frame.kind === "key" ? { ...frame, key: "AAAA" } : frame);
    const two = [relay.visitor(), relay.visitor()] as const;
    for (const each of two) each.search(TEA);
    await relay.until(() => two.some((each) => ended(each) === "unsafe"));
    for (const each of two) each.close();
  });

  test("[SG32] somebody who was found and never came is no ending: one searches on", async () => {
    const relay = new StrangerRelay();
    relay.fate = () => [];
    const two = [relay.visitor(), relay.visitor()] as const;
    for (const each of two) each.search(TEA);
    await relay.until(() => two.every(({ state }) => state.at === "matched"));
    const [ada] = two;
    relay.tell(0, "ended", { pair: relay.pair, reason: "lost" });
    assert.equal(ada.state.at, "searching");
    for (const each of two) each.close();
  });
});

describe("what a server says", () => {
  test("[SG33] is looked at before it is used: what is malformed changes nothing", async () => {
    const relay = new StrangerRelay();
    const [ada] = await relay.meet();
    const before: StrangerState = ada.state;
    const { pair } = relay;
    const frame = { kind: "line", epoch: 1, seq: 0, box: "AAAA", mark: "AAAA" };
    const bad: readonly (readonly [string, unknown])[] = [
      ["ended", { pair, reason: "__proto__" }],
      ["ended", { pair: "another", reason: "left" }],
      ["ended", null],
      ["away", { pair, forMs: "soon" }],
      ["away", { pair, forMs: -1 }],
      ["open", { pair, epoch: 1.5 }],
      ["open", { pair, epoch: 0 }],
      ["open", [pair, 9]],
      ["matched", { id: pair }],
      ["matched", { id: "a\nb", role: 0, you: {}, they: {}, shared: [] }],
      ["frame", { pair, frame: { ...frame, seq: -1 } }],
      ["frame", { pair, frame: { ...frame, box: "A".repeat(20_000) } }],
      ["frame", { pair, frame: { ...frame, kind: "toString" } }],
      ["frame", { pair, frame: { kind: "key", epoch: 1, key: 5 } }],
      ["frame", { pair, frame: null }],
      ["closing", "now"],
      ["something", { pair }],
      ["__proto__", { pair }],
    ];
    for (const [name, data] of bad) {
      relay.tell(0, name, data);
      assert.deepEqual(ada.state, before, `${name} ${JSON.stringify(data)}`);
    }
    ada.say("still here");
    await relay.until(() => ada.talk?.lines[0]?.state === "delivered");
    relay.tell(0, "away", { pair, forMs: 1e12 });
    const { state } = ada;
    assert.ok(state.at === "away" && state.until - relay.clock.now() === LIMITS.strangerGraceMs);
  });

  test("[SG33] a page keeps the last 1,000 lines", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    const max = LIMITS.strangerLinesKeptMax;
    relay.stepMs = 2_000;
    let said = 0;
    for (const [lines, kept] of [
      [max - 1, max - 1],
      [max, max],
      [max + 1, max],
    ] as const) {
      while (said < lines) {
        for (let n = 0; n < 40 && said < lines; n++) ada.say(`${said++}`);
        await relay.until(() => ada.talk?.lines.at(-1)?.state === "delivered");
      }
      assert.equal(brin.talk?.lines.length, kept);
      assert.equal(brin.talk?.lines.at(-1)?.text, `${lines - 1}`);
    }
  });
});

function proofIn(body: unknown): Proof {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the client made it
  return (body as { readonly proof?: Proof }).proof ?? { nonce: "", answer: "" };
}
