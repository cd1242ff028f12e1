/** What a stranger may send: each limit one below it, at it, and one above it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { Frame } from "#protocol/stranger.ts";
import { TestStranger, meetTwo, sealed } from "#test/support/stranger.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";

describe("[SG12] limits of strangers", { concurrency: true }, () => {
  let world: StrangerServers;
  let one = "";
  let two = "";

  before(async () => {
    world = await strangerServers();
    one = world.one.url;
    two = world.two.url;
  });

  after(() => world[Symbol.asyncDispose]());

  /** Whether somebody new may search with these; nobody else has them. */
  async function maySearch(interests: readonly string[]): Promise<boolean> {
    await using ada = await TestStranger.enter(one);
    const answer = await ada.raw("search", { interests, language: "en", onlyInterests: true });
    return JSON.stringify(answer).includes("waiting");
  }

  test("interests of one", async () => {
    const most = LIMITS.interestsMax;
    for (const [count, isAllowed] of [
      [most - 1, true],
      [most, true],
      [most + 1, false],
    ] as const) {
      const interests = Array.from({ length: count }, (_, at) => `own ${count} ${at}`);
      assert.equal(await maySearch(interests), isAllowed, `${count} interests`);
    }
  });

  test("characters of an interest", async () => {
    const most = LIMITS.interestCharsMax;
    for (const [length, isAllowed] of [
      [1, true],
      [most - 1, true],
      [most, true],
      [most + 1, false],
    ] as const) {
      assert.equal(await maySearch(["é".repeat(length)]), isAllowed, `${length} characters`);
    }
    assert.equal(await maySearch(["  "]), false, "no characters");
  });

  test("steps of a sealed frame, and nothing between them", async () => {
    await using met = await meetTwo(one, two, "limits of frames");
    const { ada, pair } = met;
    const [step, most] = [LIMITS.sealedStepBytes, LIMITS.sealedStepsMax];
    for (const steps of [1, most - 1, most]) {
      assert.deepEqual(await ada.relay(pair, sized(steps * step + 16)), {}, `${steps} steps`);
    }
    for (const bytes of [step + 15, (most + 1) * step + 16]) {
      await assert.rejects(ada.relay(pair, sized(bytes)), /bad-request/u, `${bytes} bytes`);
    }
  });

  test("frames at once, and then per second", async () => {
    await using met = await meetTwo(one, two, "limits of relaying");
    const { ada, bob, pair } = met;
    const burst = LIMITS.relayBurst;
    const began = performance.now();
    const asked = Array.from({ length: burst + 20 }, (_, seq) =>
      ada.raw("relay", { pair, frame: sealed(seq, "ack") }),
    );
    const answers = (await Promise.all(asked)).map((answer) => JSON.stringify(answer));
    const passed = answers.filter((answer) => answer === "{}").length;
    const seconds = (performance.now() - began) / 1000;
    const most = burst + Math.ceil(seconds * LIMITS.relayPerSecond) + 1;
    assert.ok(passed >= burst && passed <= most, `${passed} of ${answers.length} in ${seconds} s`);
    assert.ok(answers.every((answer) => answer === "{}" || answer.includes("too-many-requests")));
    for (let heard = 0; heard < passed; heard++) await bob.next("frame");
  });
});

function sized(bytes: number): Frame {
  return { kind: "ack", epoch: 0, seq: 0, box: Buffer.alloc(bytes).toString("base64url") };
}
