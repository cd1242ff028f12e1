/** Who may make an account: the setting, and invitations that are counted, over two real servers. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Problem } from "#protocol/errors.ts";
import type { InvitationsResult, MadeInvitation } from "#protocol/joining.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Answer } from "#test/support/member.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const codeOf = (answer: Answer) => (answer.status < 300 ? "" : answer.json<Problem>().code);

describe("joining by invitation", { concurrency: false }, () => {
  let world: TwoServers;
  let owner: Member;
  let member: Member;
  before(async () => {
    world = await twoServers(["--registration", "invitation"]);
  });
  after(() => world[Symbol.asyncDispose]());

  const register = (username: string, invitation?: string, url = world.two.url) =>
    request(url, "POST", "/api/accounts", {
      body: { username, password: PASSWORD, ...(invitation !== undefined && { invitation }) },
      // As from many places: how often one may register from one is not what this is about.
      headers: { "X-Forwarded-For": `10.9.0.${username.length}` },
    });

  const invite = async (draft: object = {}) => {
    const answer = await owner.call("POST", "/api/admin/invitations", draft);
    assert.equal(answer.status, 201, answer.text);
    return answer.json<MadeInvitation>();
  };

  const list = async () =>
    (await owner.call("GET", "/api/admin/invitations")).json<InvitationsResult>().invitations;

  const welcome = async () => (await request(world.one.url, "GET", "/api/welcome")).text;

  test("[JO1] the very first account needs no invitation, every other one does", async () => {
    assert.equal(await welcome(), '{"registration":"invitation","needsOwner":true}');
    owner = await Member.enter(world.one.url, "Olga");
    assert.equal(await welcome(), '{"registration":"invitation","needsOwner":false}');
    assert.equal(codeOf(await register("Norbert")), "invitation-needed");
    const { token, uses, expires, made, by } = await invite();
    assert.deepEqual([uses, expires - made, by], [1, 7 * 24 * 3600, owner.me.id]);
    assert.equal((await register("Member", token)).status, 201);
    member = await Member.enter(world.one.url, "member", "signIn");
  });

  test("[JO2] invitations that do not work are answered alike, before any name is looked at", async () => {
    const [used, expired, revoked] = [await invite(), await invite(), await invite()];
    assert.equal((await register("uses-it-up", used.token)).status, 201);
    const digest = createHash("sha256").update(expired.token).digest("hex");
    await world.redis.cli("PEXPIRE", `invitation:${digest}`, "0");
    await world.redis.cli("ZADD", "invitations", "XX", "1", digest);
    assert.equal((await owner.call("DELETE", `/api/admin/invitations/${revoked.id}`)).status, 204);
    const bad = ["", "x", "a".repeat(43), used.token, expired.token, revoked.token];
    const answers = await Promise.all(
      bad.flatMap((token) => [register("somebody-new", token), register("olga", token)]),
    );
    for (const answer of answers) assert.equal(codeOf(answer), "invitation-not-valid");
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.deepEqual(await list(), []);
  });

  test("[JO3] fifty at once with an invitation for three make three accounts", async () => {
    const { token, id } = await invite({ uses: 3 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        register(`crowd-${at}`, token, at % 2 === 0 ? world.one.url : world.two.url),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    assert.equal(made.length, 3);
    for (const each of answers) {
      if (!made.includes(each)) assert.equal(codeOf(each), "invitation-not-valid");
    }
    assert.deepEqual(
      (await list()).filter((each) => each.id === id),
      [],
    );
    assert.equal((await world.redis.cli("KEYS", "username:crowd-*")).split("\n").length, 3);
  });

  test("[JO3] who fails to register uses nothing up, whoever they race", async () => {
    const { token, id } = await invite({ uses: 2 });
    const usesLeft = async () => (await list()).find((each) => each.id === id)?.uses;
    assert.equal(codeOf(await register("olga", token)), "name-taken");
    assert.equal(codeOf(await register("x", token)), "name-not-allowed");
    assert.equal(await usesLeft(), 2);
    // All want one name: one gets it, and one use is gone.
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        register("popular", token, at % 2 === 0 ? world.one.url : world.two.url),
      ),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(await usesLeft(), 1);
    // The last use, wanted by many names at once.
    const last = await Promise.all(
      Array.from({ length: 10 }, (_, at) => register(`last-${at}`, token)),
    );
    assert.equal(last.filter(({ status }) => status === 201).length, 1);
    assert.equal(await usesLeft(), undefined);
  });

  test("[JO2] Redis holds the digest of an invitation, and the list never tells its token", async () => {
    const { token, id, ...rest } = await invite({ uses: 5, lifetime: 60 });
    const answer = await owner.call("GET", "/api/admin/invitations");
    assert.ok(!answer.text.includes(token));
    assert.deepEqual(answer.json<InvitationsResult>().invitations, [{ id, ...rest }]);
    assert.equal(codeOf(await register("by-handle", id)), "invitation-not-valid");
    const names = (await world.redis.cli("KEYS", "invitation:*")).split("\n");
    assert.equal(names.length, 1);
    assert.ok(!names.join().includes(token));
    assert.ok(Number(await world.redis.cli("TTL", names[0] ?? "")) > 0);
    await owner.call("DELETE", `/api/admin/invitations/${id}`);
  });

  for (const [draft, status] of [
    [{ uses: 0 }, 400],
    [{ uses: 1 }, 201],
    [{ uses: 2 }, 201],
    [{ uses: LIMITS.invitationUsesMax - 1 }, 201],
    [{ uses: LIMITS.invitationUsesMax }, 201],
    [{ uses: LIMITS.invitationUsesMax + 1 }, 400],
    [{ uses: 1.5 }, 400],
    [{ lifetime: LIMITS.invitationLifeMin - 1 }, 400],
    [{ lifetime: LIMITS.invitationLifeMin }, 201],
    [{ lifetime: LIMITS.invitationLifeMin + 1 }, 201],
    [{ lifetime: LIMITS.invitationLifeMax - 1 }, 201],
    [{ lifetime: LIMITS.invitationLifeMax }, 201],
    [{ lifetime: LIMITS.invitationLifeMax + 1 }, 400],
  ] as const) {
    test(`[JO2] an invitation of ${JSON.stringify(draft)} is answered ${status}`, async () => {
      const answer = await owner.call("POST", "/api/admin/invitations", draft);
      assert.equal(answer.status, status);
    });
  }

  test("[JO2] there are up to 100 invitations at a time", async () => {
    const missing = LIMITS.invitationsMax - (await list()).length;
    for (let made = 0; made < missing; made++) await invite();
    assert.equal((await list()).length, LIMITS.invitationsMax);
    const answer = await owner.call("POST", "/api/admin/invitations", {});
    assert.equal(codeOf(answer), "too-many-invitations");
    for (const { id } of await list()) await owner.call("DELETE", `/api/admin/invitations/${id}`);
    assert.deepEqual(await list(), []);
  });

  test("[JO4] only admins set who may join, and it holds on every server at once", async () => {
    const open = { registration: "open" };
    for (const [method, path, body] of [
      ["GET", "/api/admin/settings", undefined],
      ["PATCH", "/api/admin/settings", open],
      ["GET", "/api/admin/invitations", undefined],
      ["POST", "/api/admin/invitations", {}],
      ["DELETE", `/api/admin/invitations/${"0".repeat(16)}`, undefined],
    ] as const) {
      assert.equal((await member.call(method, path, body)).status, 403, `${method} ${path}`);
      assert.equal((await request(world.one.url, method, path, { body })).status, 401);
    }
    assert.equal(
      (await owner.call("PATCH", "/api/admin/settings", { registration: "x" })).status,
      400,
    );
    assert.deepEqual((await owner.call("PATCH", "/api/admin/settings", open)).json(), open);
    assert.equal((await register("walks-in")).status, 201);
    assert.equal((await register("walks-in-too", "bad-token")).status, 201);
    const closed = { registration: "invitation" };
    await owner.at(world.two.url).call("PATCH", "/api/admin/settings", closed);
    assert.deepEqual((await owner.call("GET", "/api/admin/settings")).json(), closed);
    assert.equal(codeOf(await register("too-late", undefined, world.one.url)), "invitation-needed");
  });
});
