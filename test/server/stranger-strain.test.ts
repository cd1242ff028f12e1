/** Somebody who only skips, over sockets: asked for work, let on with it, and then made to pause. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { Challenge, Proof, SearchCommand, SearchResult } from "#protocol/stranger.ts";
import { zeroBits } from "#server/stranger/safety/proofs.ts";
import { Refused, TestStranger } from "#test/support/stranger.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";

/** Enough to be asked for work, also where each takes seconds. */
const FIRST_SKIPS = 5;

describe("somebody who only skips", { concurrency: false }, () => {
  let world: StrangerServers;
  before(async () => {
    world = await strangerServers();
  });
  after(() => world[Symbol.asyncDispose]());

  test("[SF2] [SF6] they work for each search, and pause with the eleventh skip; others do not", async () => {
    const { one, two } = world;
    await using bot = await from(one.url, "192.0.2.200");
    let worked = 0;
    const skip = async (topic: string) => {
      const wish = { interests: [topic] };
      let answer = await bot.search(wish);
      if (answer.state === "proof") {
        worked++;
        answer = await bot.search({ ...wish, proof: solve(answer.challenge) });
      }
      assert.equal(answer.state, "waiting");
      await using other = await TestStranger.enter(two.url);
      const met = bot.next("matched");
      await other.meet(wish);
      await met;
    };
    for (let at = 0; at < FIRST_SKIPS; at++) await skip(`skips ${at}`);
    assert.ok(worked > 0, "no work was asked for");
    // As if they had gone on like that: the next skip is one too many.
    const [uid = ""] = bot.token.split(".");
    const skips = Array.from({ length: LIMITS.strangerSkipsPerMinute }, () => Date.now()).join(" ");
    const strain = `{lobby}:strain:stranger:${uid}`;
    await world.forgetful.cli("HSET", strain, "skips", skips, "score", "100");
    await assert.rejects(
      bot.search(),
      (error: unknown) =>
        error instanceof Refused &&
        error.refusal.code === "strangers-banned" &&
        /pause of 1 minute, until/u.test(error.refusal.detail),
    );
    await using neighbour = await from(two.url, "192.0.2.200");
    await using other = await from(two.url, "192.0.2.201");
    assert.notEqual((await searchOnce(neighbour)).state, undefined);
    assert.equal((await searchOnce(other)).state, "waiting");
  });

  test("[SF6] any server takes the work that another one asked for, once", async () => {
    const { one, two } = world;
    const network = "192.0.2.210";
    await using ada = await from(one.url, network);
    // Each page that is opened anew is somebody new, but of the same network.
    let challenge: Challenge | undefined;
    for (let at = 0; challenge === undefined && at < 60; at++) {
      await using page = await from(two.url, network);
      const answer = await searchOnce(page);
      if (answer.state === "proof") ({ challenge } = answer);
    }
    assert.ok(challenge);
    const proof = solve(challenge);
    await using bob = await from(one.url, "192.0.2.211");
    assert.equal((await searchOnce(bob, { proof })).state, "waiting");
    assert.equal((await searchOnce(ada, { proof })).state, "waiting");
    await using eve = await from(two.url, network);
    assert.equal((await searchOnce(eve, { proof })).state, "proof");
  });
});

async function from(url: string, address: string): Promise<TestStranger> {
  const stranger = await TestStranger.connect(url, { "X-Forwarded-For": address });
  await stranger.enter();
  return stranger;
}

/** A search that meets nobody, and is over. */
async function searchOnce(
  stranger: TestStranger,
  more: Partial<SearchCommand> = {},
): Promise<SearchResult> {
  const interests = [`nobody ${Math.random()}`.slice(0, LIMITS.interestCharsMax)];
  const answer = await stranger.search({ interests, onlyInterests: true, ...more });
  await stranger.ask("stop", {});
  return answer;
}

function solve({ nonce, bits }: Challenge): Proof {
  let answer = 0;
  while (zeroBits(nonce, String(answer)) < bits) answer++;
  return { nonce, answer: String(answer) };
}
