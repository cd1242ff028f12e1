/** Strangers who are cut off: reloads, killed servers, a Redis that loses everything, a server that stops. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestStranger, meetTwo, sealed } from "#test/support/stranger.ts";
import type { StrangerServers } from "#test/support/stranger-servers.ts";
import { strangerServers } from "#test/support/stranger-servers.ts";

describe("strangers who are cut off", { concurrency: true }, () => {
  let world: StrangerServers;
  let one = "";
  let two = "";

  before(async () => {
    world = await strangerServers();
    one = world.one.url;
    two = world.two.url;
  });

  after(() => world[Symbol.asyncDispose]());

  test("[SG13] who comes back with the tab's token is in the same chat, at whichever server", async () => {
    await using met = await meetTwo(one, two, "reload");
    const { ada, bob, pair } = met;
    let epoch = -1;
    let { token } = ada;
    ada.disconnect();
    for (const url of [one, two, one]) {
      await bob.next("away");
      await using back = await TestStranger.connect(url);
      const result = await back.enter(token);
      assert.equal(result.pair?.id, pair);
      assert.notEqual(result.token, token);
      const [opened] = await Promise.all([back.next("open"), bob.next("open")]);
      assert.ok(opened.epoch > epoch, "each return has a higher epoch");
      ({ epoch } = opened);
      await bob.relay(pair, sealed(3));
      assert.deepEqual((await back.next("frame")).frame, sealed(3));
      ({ token } = back);
    }
  });

  test("[SG14] a tab that was copied goes on in the newer one; the older one is told", async () => {
    await using met = await meetTwo(one, two, "copy");
    const { ada, bob, pair } = met;
    await using copy = await TestStranger.connect(two);
    assert.equal((await copy.enter(ada.token)).pair?.id, pair);
    await ada.next("moved");
    await copy.next("open");
    await copy.relay(pair, sealed(1));
    assert.equal((await bob.next("frame")).pair, pair);
  });

  test("[SG15] a token that is over, or was made up, makes one somebody new", async () => {
    await using ada = await TestStranger.enter(one, `${"a".repeat(22)}.${"b".repeat(43)}`);
    await using bob = await TestStranger.enter(two, "nonsense");
    assert.notEqual(ada.token.slice(0, 22), "a".repeat(22));
    const wish = { interests: ["new"] };
    await Promise.all([ada.meet(wish), bob.meet(wish)]);
  });

  test("[SG16] who does not come back in 20 seconds is lost, and then the chat is over for both", async () => {
    await using met = await meetTwo(one, two, "lost");
    const { ada, bob, pair } = met;
    const since = performance.now();
    ada.disconnect();
    assert.deepEqual(await bob.next("away"), { pair, forMs: 20_000 });
    assert.deepEqual(await bob.next("ended", 30_000), { pair, reason: "lost" });
    const ms = performance.now() - since;
    assert.ok(ms > 19_000 && ms < 27_000, `after ${ms} ms`);
    await using back = await TestStranger.connect(one);
    assert.equal((await back.enter(ada.token)).pair, undefined);
  });

  test("[SG17] when a server is killed, the others learn of it, and its people come back elsewhere", async () => {
    const doomed = await world.another();
    await using met = await meetTwo(doomed.url, two, "killed");
    const { ada, bob, pair } = met;
    await using eve = await TestStranger.enter(doomed.url);
    await eve.search({ interests: ["dead"] });
    const since = performance.now();
    await doomed.stop("SIGKILL");
    await bob.next("away", 15_000);
    const ms = performance.now() - since;
    assert.ok(ms < 14_000, `told after ${ms} ms`);
    await using back = await TestStranger.connect(one);
    assert.equal((await back.enter(ada.token)).pair?.id, pair);
    await Promise.all([back.next("open"), bob.next("open")]);
    await bob.relay(pair, sealed(2));
    assert.deepEqual((await back.next("frame")).frame, sealed(2));
  });

  test("[SG17] a message to a server that was killed tells at once", async () => {
    const doomed = await world.another();
    await using met = await meetTwo(doomed.url, two, "killed at once");
    const { bob, pair } = met;
    await doomed.stop("SIGKILL");
    const since = performance.now();
    await bob.relay(pair, sealed());
    await bob.next("away", 5_000);
    assert.ok(performance.now() - since < 1_500);
  });

  test("[SG18] a server that stops sends its people elsewhere, without ending their chats", async () => {
    const stopping = await world.another();
    await using met = await meetTwo(stopping.url, two, "restart");
    const { ada, bob, pair } = met;
    const stopped = stopping.stop();
    assert.equal((await ada.next("closing")).reason, "restarting");
    await bob.next("away");
    await using back = await TestStranger.connect(one);
    assert.equal((await back.enter(ada.token)).pair?.id, pair);
    await Promise.all([back.next("open"), bob.next("open")]);
    assert.equal(await stopped, 0);
  });
});

test("[SG19] when their Redis has lost everything, chats and searches go on", async () => {
  await using world = await strangerServers();
  await using met = await meetTwo(world.one.url, world.two.url, "redis");
  const { ada, bob, pair } = met;
  await using cyd = await TestStranger.enter(world.one.url);
  const wish = { interests: ["waiting"], onlyInterests: true } as const;
  await cyd.search(wish);
  await world.forgetful.kill();
  await world.forgetful.restart();
  await Promise.all([ada.next("open", 15_000), bob.next("open", 15_000)]);
  await ada.relay(pair, sealed(9));
  assert.deepEqual((await bob.next("frame")).frame, sealed(9));
  await using dan = await TestStranger.enter(world.two.url);
  await Promise.all([cyd.next("matched"), dan.meet(wish)]);
  await ada.ask("end", { pair });
  assert.deepEqual(await bob.next("ended"), { pair, reason: "left" });
});
