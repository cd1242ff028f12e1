/** Lines of strangers: their layout, their marks, what a report takes along, and their lengths on the wire. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { LIMITS } from "#protocol/limits.ts";
import { hasInk } from "#protocol/message.ts";
import type { FrankedLine, ReportCommand } from "#protocol/stranger.ts";
import { lineProblem, packLine, readLine } from "#protocol/stranger-line.ts";
import { fromBase64, randomBytes, toBase64 } from "#sdk/strangers/bytes.ts";
import { EvidenceBox } from "#sdk/strangers/lines/evidence.ts";
import { Arrivals } from "#sdk/strangers/lines/arrivals.ts";
import { markOf, markedLine } from "#sdk/strangers/lines/mark.ts";
import { StrangerRelay } from "#test/support/stranger-world.ts";

const line = (text: string, number = 0, oldest = 0, run = randomBytes(8)) => ({
  opening: randomBytes(32),
  run,
  number,
  oldest,
  text,
});
const CLOWN = "🤡";

describe("a line", () => {
  test("[SG27] is what was packed, and nothing else is read", () => {
    const texts = fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(texts, fc.nat(1_000), (text, number) => {
        fc.pre(lineProblem(text) === undefined);
        const packed = line(text, number, Math.floor(number / 2));
        const plain = packLine(packed);
        assert.deepEqual(readLine(plain), packed);
        for (const [at, byte] of [
          [0, 2],
          [plain.length - 1, 1],
          [49, 255],
        ] as const) {
          assert.equal(
            readLine(Uint8Array.from(plain, (old, n) => (n === at ? byte : old))),
            undefined,
          );
        }
        const longer = new Uint8Array(plain.length + LIMITS.sealedStepBytes);
        longer.set(plain);
        assert.equal(readLine(longer), undefined, "padded more than need be");
        assert.equal(readLine(plain.slice(0, -1)), undefined);
      }),
      { numRuns: 200 },
    );
    assert.equal(readLine(new Uint8Array()), undefined);
    assert.equal(readLine(packLine({ ...line("late"), number: 1, oldest: 2 })), undefined);
  });

  test("[SG27] has up to 2,000 characters of any kind, and something to see", () => {
    const max = LIMITS.strangerLineCharsMax;
    for (const char of ["a", "ü", "木", CLOWN]) {
      for (const [chars, isRead] of [
        [max - 1, true],
        [max, true],
        [max + 1, false],
      ] as const) {
        const text = char.repeat(chars);
        assert.equal(lineProblem(text) === undefined, isRead, `${chars} of ${char}`);
        // Four bytes each: the longest still has its place.
        if (isRead) assert.equal(readLine(packLine(line(text)))?.text, text);
      }
    }
    for (const text of ["", " \n", "a\u0000", "\ud800"]) assert.ok(lineProblem(text));
    assert.ok(!hasInk("\u200b"));
  });

  test("[SG27] on the wire everything has a multiple of 256 bytes and the tag's 16", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    const texts = ["a", "b".repeat(205), "c".repeat(206), CLOWN.repeat(2_000)];
    ada.typing(true);
    for (const text of texts) ada.say(text);
    await relay.until(() => (ada.talk?.lines ?? []).every(({ state }) => state === "delivered"));
    brin.typing(true);
    await relay.until(() => ada.talk?.isTheyTyping === true);
    const sealed = relay.passed.flatMap(({ frame }) => ("box" in frame ? [frame] : []));
    const lengths = sealed.map(({ box }) => (fromBase64(box)?.length ?? 0) - 16);
    assert.ok(lengths.every((length) => length > 0 && length % LIMITS.sealedStepBytes === 0));
    const steps = sealed.map(({ kind }, at) => [kind, (lengths[at] ?? 0) / LIMITS.sealedStepBytes]);
    const lines = steps.filter(([kind]) => kind === "line").map(([, length]) => length);
    assert.deepEqual(lines, [1, 1, 2, 32]);
    assert.ok(steps.every(([kind, length]) => kind === "line" || length === 1));
  });
});

describe("marks", () => {
  test("[SG28] open with what lies inside the line, and with nothing else", () => {
    const packed = line("hello");
    const plain = packLine(packed);
    const mark = markOf(plain, packed.opening);
    const expected = createHmac("sha256", packed.opening).update(plain).digest("base64url");
    assert.equal(toBase64(mark), expected);
    assert.equal(markedLine(plain, expected)?.text, "hello");
    assert.equal(markedLine(plain, undefined), undefined);
    assert.equal(markedLine(plain, toBase64(randomBytes(32))), undefined);
    assert.equal(markedLine(packLine(line("hello")), expected), undefined);
  });

  test("[SG28] a line whose mark was changed on its way is not shown, and counted", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    relay.tamper = (frame) =>
      frame.kind === "line" ? { ...frame, mark: toBase64(randomBytes(32)) } : frame;
    ada.say("hello");
    await relay.until(() => (brin.talk?.dropped ?? 0) > 0);
    assert.deepEqual(brin.talk?.lines, []);
    relay.tamper = (frame) => frame;
    await relay.until(() => brin.talk?.lines.length === 1);
    assert.equal(ada.state.at, "talking");
  });

  test("[SG28] a report has the chosen lines of both ends, with what proves each of them", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    for (const [who, text] of [
      [ada, "hello"],
      [brin, "go away"],
      [ada, "why?"],
    ] as const) {
      who.say(text);
      await relay.until(() => who.talk?.lines.at(-1)?.state === "delivered");
    }
    const ids = ada.talk?.reportable ?? [];
    assert.equal(ids.length, 3);
    const shown = (ada.talk?.lines ?? []).map(({ id }) => id);
    assert.deepEqual(ids, shown);
    await Promise.all([
      ada.report("hate", new Set(ids.slice(1))),
      relay.until(() => ada.state.at === "ended"),
    ]);
    const body = relay.commands.find(({ name }) => name === "report")?.body;
    assert.ok(isReport(body));
    assert.equal(body.reason, "hate");
    assert.deepEqual(body.excerpt.map(read), [
      [1, "go away", true],
      [0, "why?", true],
    ]);
    assert.deepEqual(
      body.excerpt.map(({ stamp }) => stamp.mac),
      ["mac-1", "mac-0"],
    );
    assert.deepEqual(ada.state.at === "ended" && ada.state.reason, "you-reported");
    assert.deepEqual(brin.state.at === "ended" && brin.state.reason, "reported");
  });

  test("[SG28] the last 30 lines can be reported, and only what has a stamp", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    const max = LIMITS.excerptLinesMax;
    for (const [lines, kept] of [
      [max - 1, max - 1],
      [max, max],
      [max + 1, max],
    ] as const) {
      while ((brin.talk?.lines.length ?? 0) < lines) {
        ada.say(`line ${brin.talk?.lines.length}`);
        await relay.until(() => ada.talk?.lines.at(-1)?.state === "delivered");
      }
      assert.equal(brin.talk?.reportable.length, kept);
    }
  });
});

describe("a report", () => {
  test("[SG28] has the newest lines that fit into one frame, however long they are", () => {
    const box = new EvidenceBox();
    const stamp = { at: 1_900_000_000, mac: toBase64(randomBytes(32)) };
    const keep = (id: string, steps: number) => {
      const plain = new Uint8Array(steps * LIMITS.sealedStepBytes);
      box.keep({ id, from: 0, plain, mark: randomBytes(32), stamp });
    };
    for (let n = 0; n < LIMITS.excerptLinesMax; n++) keep(`${n}`, LIMITS.sealedStepsMax);
    const all = new Set(box.ids);
    const fitting = [...box.fitting(all)];
    assert.deepEqual(fitting, box.ids.slice(-fitting.length).toReversed());
    const bytes = JSON.stringify(box.excerpt(all)).length;
    assert.ok(bytes <= LIMITS.excerptEncodedMax && fitting.length >= 3, `${bytes}`);
    assert.ok(LIMITS.excerptEncodedMax + 1_024 < LIMITS.frameBytesMax);

    // Each takes 4,096 characters of base64 and 256 more; eleven of them fit.
    const few = new EvidenceBox();
    const each = 4_096 + 256;
    const most = Math.floor(LIMITS.excerptEncodedMax / each);
    for (let n = 0; n < most + 1; n++) {
      const plain = new Uint8Array(3_072);
      few.keep({ id: `${n}`, from: 1, plain, mark: randomBytes(32), stamp });
      const kept = few.fitting(new Set(few.ids)).size;
      assert.equal(kept, Math.min(n + 1, most));
    }
    assert.equal(few.excerpt(new Set(["0"])).length, 1, "alone it fits");
  });
});

describe("lines that come too early", () => {
  test("[SG21] wait for those before them, up to 50 of them", () => {
    const run = randomBytes(8);
    const max = LIMITS.earlyLinesMax;
    for (const [ahead, isKept] of [
      [max - 2, true],
      [max - 1, true],
      [max, false],
    ] as const) {
      const arrivals = new Arrivals();
      const item = (number: number) => ({ line: line(`${number}`, number, 0, run) });
      assert.deepEqual(arrivals.take(item(ahead)), []);
      for (let n = 0; n < ahead - 1; n++) assert.equal(arrivals.take(item(n)).length, 1);
      assert.equal(arrivals.take(item(ahead - 1)).length, isKept ? 2 : 1);
      assert.equal(arrivals.take(item(0)).length, 0, "shown before");
      assert.equal(arrivals.confirmation(item(0).line).next, isKept ? ahead + 1 : ahead);
    }
  });
});

function isReport(value: unknown): value is ReportCommand {
  return typeof value === "object" && value !== null && "excerpt" in value;
}

/** As a server would read it. */
function read({ from, plain, mark }: FrankedLine): readonly unknown[] {
  const bytes = Buffer.from(plain, "base64url");
  const key = bytes.subarray(1, 33);
  const isOpen = createHmac("sha256", key).update(bytes).digest("base64url") === mark;
  return [from, readLine(new Uint8Array(bytes))?.text, isOpen];
}
