/** Strangers over two servers: who is paired with whom, and what each of them sees. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestStranger, meetTwo, sealed } from "#test/support/stranger.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { until } from "#test/support/until.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";

const enter = (url: string) => TestStranger.enter(url);

// Each test has interests of its own, so that they do not meet one another's people.
describe("strangers", { concurrency: true }, () => {
  let world: StrangerServers;
  let one = "";
  let two = "";

  before(async () => {
    world = await strangerServers();
    one = world.one.url;
    two = world.two.url;
  });

  after(() => world[Symbol.asyncDispose]());

  test("[SG1] two who share an interest are paired across servers, whatever its spelling", async () => {
    await using ada = await enter(one);
    await using bob = await enter(two);
    const adas = ada.meet({ interests: ["Jazz ", "knitting"], language: "en" });
    const bobs = bob.meet({ interests: ["chess", "jazz"], language: "de" });
    const [a, b] = await Promise.all([adas, bobs]);
    assert.equal(a.id, b.id);
    assert.deepEqual(
      [a.role, b.role].toSorted((x, y) => x - y),
      [0, 1],
    );
    assert.deepEqual([a.shared, b.shared], [["Jazz"], ["jazz"]]);
  });

  test("[SG2] each has a name and a colour for this chat, and the other one's; new ones in the next", async () => {
    await using met = await meetTwo(one, two, "topic 2");
    const { ada, pair } = met;
    const first = JSON.stringify(ada.told.find(({ name }) => name === "matched")?.notice);
    await ada.ask("end", { pair });
    await using eve = await enter(two);
    const next = { interests: ["topic 2 again"] };
    const [again] = await Promise.all([ada.meet(next), eve.meet(next)]);
    assert.ok(!first.includes(`"you":${JSON.stringify(again.you)}`), first);
    assert.notEqual(again.you.name, again.they.name);
  });

  test("[SG3] the other one is told nothing but the mask and what both look for", async () => {
    await using met = await meetTwo(one, two, "topic 3");
    const { bob } = met;
    const seen = bob.told.find(({ name }) => name === "matched")?.notice;
    assert.ok(typeof seen === "object" && seen !== null);
    assert.deepEqual(Object.keys(seen).toSorted(), ["id", "role", "shared", "they", "you"]);
  });

  test("[SG4] who waits longest is met first, and nobody meets themselves", async () => {
    await using ada = await enter(one);
    await ada.search({ interests: ["first a"] });
    // Still one place: the search is changed, not begun again.
    await ada.search({ interests: ["first a", "first c"] });
    await using bob = await enter(two);
    await bob.search({ interests: ["first b"] });
    await using eve = await enter(one);
    const [found] = await Promise.all([
      ada.next("matched"),
      eve.meet({ interests: ["first b", "first a"] }),
    ]);
    assert.deepEqual(found.shared, ["first a"]);
    assert.equal(found.role, 0);
  });

  test("[SG5] language after 5 seconds, anyone after 12, unless only interests count", async () => {
    const started = performance.now();
    await using ada = await enter(one);
    await using bob = await enter(two);
    await using cyd = await enter(one);
    await using dan = await enter(two);
    await using eve = await enter(two);
    const byLanguage = [
      ada.meet({ interests: ["one"], language: "fr" }),
      bob.meet({ interests: ["two"], language: "fr" }),
    ];
    const byAnything = [
      cyd.meet({ interests: ["three"], language: "it" }),
      dan.meet({ interests: ["four"], language: "sv" }),
    ];
    await eve.search({ interests: ["five"], language: "fr", onlyInterests: true });
    await Promise.all(byLanguage);
    const language = performance.now() - started;
    await Promise.all(byAnything);
    const anyone = performance.now() - started;
    assert.ok(language >= 4_900 && language < 9_000, `language after ${language} ms`);
    assert.ok(anyone >= 11_900 && anyone < 17_000, `anyone after ${anyone} ms`);
    assert.ok(!eve.told.some(({ name }) => name === "matched"), "only interests");
  });

  test("[SG6] a frame reaches the other one alone, as it was sent; a line is stamped for both", async () => {
    await using met = await meetTwo(one, two, "topic 6");
    const { ada, bob, pair } = met;
    const { stamp } = await ada.relay(pair, sealed(7));
    const heard = await bob.next("frame");
    assert.deepEqual(heard, { pair, frame: sealed(7), stamp });
    assert.deepEqual(await bob.relay(pair, sealed(1, "ack")), {});
    assert.deepEqual(await ada.next("frame"), { pair, frame: sealed(1, "ack") });
    assert.ok(!ada.told.some(({ notice }) => JSON.stringify(notice).includes('"seq":7')));
  });

  test("[SG7] who ends a chat is said to have left, who looks on to have skipped", async () => {
    await using met = await meetTwo(one, two, "topic 7");
    const { ada, bob, pair } = met;
    await ada.ask("end", { pair });
    assert.deepEqual(await bob.next("ended"), { pair, reason: "left" });
    await using eve = await enter(one);
    const wish = { interests: ["topic 7 again"] };
    const [next] = await Promise.all([bob.meet(wish), eve.meet(wish)]);
    await bob.search({ interests: ["nobody else"], onlyInterests: true });
    assert.deepEqual(await eve.next("ended"), { pair: next.id, reason: "skipped" });
    await assert.rejects(eve.relay(next.id, sealed()), /not-found/u);
  });

  test("[SG8] both may end at once; nobody hears of the chat again", async () => {
    await using met = await meetTwo(one, two, "topic 8");
    const { ada, bob, pair } = met;
    await Promise.all([ada.ask("end", { pair }), bob.search({ interests: ["topic 8 again"] })]);
    await using eve = await enter(two);
    const wish = { interests: ["topic 8 again"] };
    const [again] = await Promise.all([bob.next("matched"), eve.meet(wish)]);
    assert.notEqual(again.id, pair);
  });

  test("[SG9] who was met is not met again while another one waits, and is when nobody else is there", async () => {
    const wish = { interests: ["topic 9"], onlyInterests: true } as const;
    await using met = await meetTwo(one, two, "topic 9");
    const { ada, bob, pair } = met;
    await ada.ask("end", { pair });
    await Promise.all([ada.search(wish), bob.search(wish)]);
    await using eve = await enter(one);
    const first = await eve.meet(wish);
    await eve.ask("end", { pair: first.id });
    assert.equal([...ada.told, ...bob.told].filter(({ name }) => name === "matched").length, 3);
    // Whichever of them eve met looks for somebody again, and only the other one is there.
    await Promise.all([ada.search(wish), bob.search(wish)]);
    const isAgain = () => lastOf(ada) === lastOf(bob) && !lastOf(ada).includes(pair);
    await until(isAgain, { what: "they meet again", timeoutMs: 17_000 });
  });

  test("[SG10] who was blocked is never met again, not even when nobody else is there", async () => {
    const wish = { interests: ["topic 10"], onlyInterests: true } as const;
    await using met = await meetTwo(one, two, "topic 10");
    const { ada, bob, pair } = met;
    await ada.ask("block", { pair });
    assert.deepEqual(await bob.next("ended"), { pair, reason: "left" });
    await Promise.all([ada.search(wish), bob.search(wish)]);
    await assert.rejects(bob.next("matched", 14_000), /in vain/u);
    assert.equal(ada.told.filter(({ name }) => name === "matched").length, 1);
  });

  test("[SG11] who stops looking is not met", async () => {
    await using ada = await enter(one);
    await ada.search({ interests: ["quiet"], onlyInterests: true });
    await ada.ask("stop", {});
    await using bob = await enter(two);
    await bob.search({ interests: ["quiet"], onlyInterests: true });
    await using eve = await enter(one);
    await eve.meet({ interests: ["quiet"], onlyInterests: true });
    assert.equal(ada.told.length, 0);
  });

  test("[SG12] nothing works before one has entered, said to be of age; bad input changes nothing", async () => {
    await using ada = await TestStranger.connect(one);
    assert.deepEqual(await ada.raw("search", { interests: [], language: "en" }), {
      error: { code: "bad-request", detail: "Enter first." },
    });
    const refused = await ada.raw("enter", { token: "x" });
    assert.match(JSON.stringify(refused), /bad-request.*adult/u);
    await ada.enter();
    for (const input of [
      { interests: ["a", "b", "c", "d", "e", "f"], language: "en" },
      { interests: ["x".repeat(31)], language: "en" },
      { interests: [], language: "klingon" },
    ]) {
      await using eve = await enter(one);
      assert.match(JSON.stringify(await eve.raw("search", input)), /bad-request/u);
    }
    await using bob = await enter(two);
    const most = ["12 a", "12 b", "12 c", "12 d", "x".repeat(30)];
    const [found] = await Promise.all([
      ada.meet({ interests: most }),
      bob.meet({ interests: ["X".repeat(30)] }),
    ]);
    assert.deepEqual(found.shared, ["x".repeat(30)]);
  });
});

/** The last pair somebody was told of. */
function lastOf({ told }: TestStranger): string {
  return JSON.stringify(told.findLast(({ name }) => name === "matched")?.notice).slice(0, 30);
}
