/** News of people over two real servers: who is new, who shows themselves otherwise, who is gone. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { NewBotResult } from "#protocol/bot.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { PeopleNotice } from "#protocol/person.ts";
import { PeopleNews } from "#server/core/people/people-news.ts";
import { Member, PASSWORD } from "#test/support/member.ts";
import { ManualClock } from "#test/support/manual-clock.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

describe("news of people", { concurrency: false }, () => {
  let world: TwoServers;
  /** The owner. */
  let ada: Member;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
  });
  after(() => world[Symbol.asyncDispose]());

  /** Resolves when a socket on the other server is told of somebody. */
  const isTold = async (what: "came" | "changed", act: () => Promise<number>) => {
    await using line = await ada.at(world.two.url).connect();
    const heard: number[] = [];
    line.socket.on("people", (notice) => heard.push(...notice[what]));
    const user = await act();
    await until(() => heard.includes(user), { what: `${user} ${what}`, timeoutMs: 2_000 });
  };

  test("[PF5] everybody is told at once, on all servers, who is new", async () => {
    await isTold("came", async () => (await Member.enter(world.one.url, "Brin")).me.id);
  });

  test("[PF5] of another display name, name or picture, and of who is gone", async () => {
    const cleo = await Member.enter(world.one.url, "Cleo");
    for (const change of [{ displayName: "Cleopatra" }, { username: "Kleo" }]) {
      await isTold("changed", async () => {
        assert.equal((await cleo.call("PATCH", "/api/me", change)).status, 200);
        return cleo.me.id;
      });
    }
    await isTold("changed", async () => {
      assert.equal((await cleo.call("DELETE", "/api/me/picture")).status, 204);
      return cleo.me.id;
    });
    await isTold("changed", async () => {
      const farewell = { password: PASSWORD, messages: "keep" };
      const answer = await cleo.call("DELETE", "/api/me", farewell);
      assert.equal(answer.status, 204, answer.text);
      return cleo.me.id;
    });
  });

  test("[PF5] of what a bot is called", async () => {
    const made = await ada.call("POST", "/api/admin/bots", { username: "Rob", scopes: [] });
    const { bot } = made.json<NewBotResult>();
    await isTold("changed", async () => {
      await ada.call("PATCH", `/api/admin/bots/${bot.id}`, { displayName: "Robby" });
      return bot.id;
    });
  });
});

test("[PF5] news of half a second are told together, each once, as many as one may ask about", async () => {
  const clock = new ManualClock();
  const told: PeopleNotice[] = [];
  const news = new PeopleNews({ bus: { publish: () => Promise.reject(new Error("cut")) }, clock });
  news.addAudience((notice) => told.push(notice));
  // Without the bus nothing is told, and nothing else is wrong.
  news.changed(1);
  news.came(1);
  for (const more of [-1, 0, 1]) {
    told.length = 0;
    const ids = Array.from({ length: LIMITS.peopleIdsMax + more }, (_, at) => at + 1);
    for (const id of [...ids, ...ids]) news.heard({ changed: [id], came: [] });
    news.heard({ changed: [], came: [7] });
    await clock.advance(499);
    assert.equal(told.length, 0);
    await clock.advance(1);
    assert.equal(told.length, more > 0 ? 2 : 1);
    assert.deepEqual(
      told.flatMap(({ changed }) => changed),
      ids,
    );
    assert.deepEqual(
      told.flatMap(({ came }) => came),
      [7],
    );
  }
  news.heard({ changed: [1], came: [] });
  news.stop();
  assert.equal(clock.timers, 0);
});
