/** Links that sign one in once, over two real servers on one real Redis. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { NewBotResult } from "#protocol/bot.ts";
import type { SignInLink } from "#protocol/joining.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Me } from "#protocol/api.ts";
import { Member, PASSWORD, request, tokenOf } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const pathTo = ({ me }: Member) => `/api/admin/people/${me.id}/sign-in-links`;

async function make(member: Member, path = "/api/sign-in-links"): Promise<SignInLink> {
  const answer = await member.call("POST", path);
  assert.equal(answer.status, 201, answer.text);
  return answer.json<SignInLink>();
}

describe("sign-in links", { concurrency: false }, () => {
  let world: TwoServers;
  let owner: Member;
  before(async () => {
    world = await twoServers();
    owner = await Member.enter(world.one.url, "Olga");
  });
  after(() => world[Symbol.asyncDispose]());

  const follow = (link: string, url = world.two.url) =>
    request(url, "POST", "/api/session", { body: { link } });

  const setRole = async (member: Member, role: string) => {
    await world.redis.cli("HSET", `user:${member.me.id}`, "role", role);
  };

  test("[SL1] a link signs another device in, once, for a quarter of an hour", async () => {
    const ada = await Member.enter(world.one.url, "Ada");
    const { token, expires } = await make(ada);
    const left = expires - Date.now() / 1000;
    assert.ok(left > 14 * 60 && left < 16 * 60, String(left));
    const answer = await follow(token);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json<Me>(), ada.me);
    assert.notEqual(tokenOf(answer), ada.token);
    assert.equal((await follow(token)).status, 401);
    assert.equal((await ada.call("GET", "/api/me")).status, 200);
  });

  test("[SL1] of fifty who follow one link at once one comes in", async () => {
    const brin = await Member.enter(world.one.url, "Brin");
    const { token } = await make(brin);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        request(at % 2 === 0 ? world.one.url : world.two.url, "POST", "/api/session", {
          body: { link: token },
          headers: { "X-Forwarded-For": `10.7.0.${at}` },
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [200, ...Array<number>(49).fill(401)]);
  });

  test("[SL2] all links that do not work are answered alike, and tries are slowed down", async () => {
    const cleo = await Member.enter(world.one.url, "Cleo");
    const [used, expired, revoked] = [await make(cleo), await make(cleo), await make(cleo)];
    await follow(used.token);
    const digest = createHash("sha256").update(expired.token).digest("hex");
    await world.redis.cli("PEXPIRE", `sign-in-link:${digest}`, "0");
    await cleo.call("DELETE", "/api/sessions");
    const bad = ["", "x", "a".repeat(43), used.token, expired.token, revoked.token];
    const answers = await Promise.all(bad.map((link) => follow(link)));
    for (const answer of answers) assert.equal(answer.status, 401);
    assert.deepEqual(new Set(answers.map(({ text }) => text)).size, 1);
    const guess = () =>
      request(world.one.url, "POST", "/api/session", {
        body: { link: "b".repeat(43) },
        headers: { "X-Forwarded-For": "10.8.0.1" },
      });
    const statuses: number[] = [];
    for (let tries = 0; tries < 31; tries++) statuses.push((await guess()).status);
    assert.deepEqual(statuses, [...Array<number>(30).fill(401), 429]);
  });

  test("[SL3] a changed password and signing out everywhere void all links", async () => {
    const dora = await Member.enter(world.one.url, "Dora");
    const first = await make(dora);
    const change = { current: PASSWORD, password: "a longer horse battery" };
    assert.equal((await dora.call("PUT", "/api/me/password", change)).status, 204);
    assert.equal((await follow(first.token)).status, 401);
    const second = await make(dora);
    assert.equal((await dora.call("DELETE", "/api/sessions")).status, 204);
    assert.equal((await follow(second.token)).status, 401);
  });

  test("[SL1] Redis holds the digest of a link, never the link, and no key without an end", async () => {
    const eve = await Member.enter(world.one.url, "Eve");
    const { token } = await make(eve);
    const names = (await world.redis.cli("KEYS", "*link*")).split("\n");
    for (const name of names) {
      assert.ok(!name.includes(token));
      assert.ok(Number(await world.redis.cli("TTL", name)) > 0, name);
    }
    assert.ok(names.includes(`{user:${eve.me.id}}:links`));
  });

  test("[SL1] of more links than a person may have the oldest is void", async () => {
    const finn = await Member.enter(world.one.url, "Finn");
    const made: SignInLink[] = [];
    const all = `{user:${finn.me.id}}:links`;
    for (let count = 0; count <= LIMITS.signInLinksMax; count++) {
      made.push(await make(finn));
      // Made in the same second they would be told apart by nothing.
      const digest = createHash("sha256")
        .update(made.at(-1)?.token ?? "")
        .digest("hex");
      await world.redis.cli("ZADD", all, "XX", String(2e9 + count), digest);
      const kept = Math.min(count + 1, LIMITS.signInLinksMax);
      if (count < LIMITS.signInLinksMax) {
        assert.equal(await world.redis.cli("ZCARD", all), String(kept));
      }
    }
    // The newest came last, before its place was set.
    assert.equal(await world.redis.cli("ZCARD", all), String(LIMITS.signInLinksMax));
  });

  test("[SL4] an admin makes one for a member who is locked out, for four hours", async () => {
    const gil = await Member.enter(world.one.url, "Gil");
    const path = `/api/admin/people/${gil.me.id}/sign-in-links`;
    const { token, expires } = await make(owner, path);
    const left = expires - Date.now() / 1000;
    assert.ok(left > 239 * 60 && left < 241 * 60, String(left));
    const answer = await follow(token);
    assert.equal(answer.json<Me>().id, gil.me.id);
    assert.equal((await gil.call("POST", path)).status, 403);
    const missing = await owner.call("POST", "/api/admin/people/99999/sign-in-links");
    assert.equal(missing.status, 404);
    assert.equal((await request(world.one.url, "POST", path)).status, 401);
  });

  test("[SL4] nobody makes a link for a bot, which has a token", async () => {
    const draft = { username: "Gardener", scopes: ["read"] };
    const { bot } = (await owner.call("POST", "/api/admin/bots", draft)).json<NewBotResult>();
    const refused = await owner.call("POST", `/api/admin/people/${bot.id}/sign-in-links`);
    assert.equal(refused.status, 403, refused.text);
    assert.equal(await world.redis.cli("EXISTS", `{user:${bot.id}}:links`), "0");
  });

  test("[SL4] no link makes somebody more than they are", async () => {
    const hal = await Member.enter(world.one.url, "Hal");
    const ivy = await Member.enter(world.one.url, "Ivy");
    await setRole(hal, "admin");
    assert.equal((await hal.call("POST", pathTo(owner))).status, 403);
    const { token } = await make(hal, pathTo(ivy));
    // Whoever made the link could not have made it now.
    await setRole(ivy, "admin");
    assert.equal((await follow(token)).status, 401);
    assert.equal((await hal.call("POST", pathTo(ivy))).status, 403);
    assert.equal((await owner.call("POST", pathTo(ivy))).status, 201);
  });
});
