/** Profiles and names, over two real servers on one real Redis. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Problem } from "#protocol/errors.ts";
import type { Person, Profile } from "#protocol/person.ts";
import { NAME_HELD_S } from "#server/core/people/profile-store.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

describe("profiles", { concurrency: false }, () => {
  let world: TwoServers;
  before(async () => {
    world = await twoServers();
  });
  after(() => world[Symbol.asyncDispose]());

  const register = (username: string) =>
    request(world.two.url, "POST", "/api/accounts", { body: { username, password: PASSWORD } });

  test("[PF1] what people say of themselves is told wherever they are", async () => {
    const ada = await Member.enter(world.one.url, "Ada");
    const brin = await Member.enter(world.two.url, "Brin");
    const change = { displayName: "Ada Lovelace", about: "I count.\nOn engines." };
    const changed = await ada.call("PATCH", "/api/me", change);
    assert.equal(changed.status, 200);
    const { since, ...told } = changed.json<Profile>();
    assert.ok(Math.abs(Date.now() / 1000 - since) < 60);
    assert.deepEqual(told, { id: ada.me.id, username: "Ada", ...change });
    await ada.say("hello");
    const person = { id: ada.me.id, username: "Ada", displayName: "Ada Lovelace" };
    assert.deepEqual((await brin.history()).people, [person]);
    assert.deepEqual((await ada.call("GET", "/api/me")).json(), { ...person, role: "owner" });
    const found = await brin.call("GET", "/api/people?search=ad");
    assert.deepEqual(found.json(), { people: [person] });
    const members = await brin.call("GET", "/api/rooms/0/members");
    const [first] = members.json<{ members: readonly Person[] }>().members;
    assert.equal(first?.displayName, "Ada Lovelace");
    const profile = await brin.call("GET", `/api/people/${ada.me.id}`);
    assert.deepEqual(profile.json(), changed.json());
    const again = await Member.enter(world.two.url, "ada", "signIn");
    assert.equal(again.me.displayName, "Ada Lovelace");
    // What is absent stays, what is empty goes.
    const cleared = (await ada.call("PATCH", "/api/me", { displayName: "" })).json<Profile>();
    assert.deepEqual(cleared, { id: ada.me.id, username: "Ada", about: change.about, since });
  });

  test("[PF1] a bad change changes nothing, and nobody's profile is shown to strangers", async () => {
    const cleo = await Member.enter(world.one.url, "Cleo");
    const kept = (await cleo.call("GET", `/api/people/${cleo.me.id}`)).json<Profile>();
    for (const [change, code] of [
      [{ displayName: "<b>", about: "fine" }, "profile-not-allowed"],
      [{ displayName: "Fine", about: "\u202e" }, "profile-not-allowed"],
      [{ displayName: "Fine", username: "admin" }, "name-not-allowed"],
      [{ displayName: "Fine", username: "ADA" }, "name-taken"],
      [{ displayName: 7 }, "bad-request"],
    ] as const) {
      const answer = await cleo.call("PATCH", "/api/me", change);
      assert.equal(answer.json<Problem>().code, code);
    }
    assert.deepEqual((await cleo.call("GET", `/api/people/${cleo.me.id}`)).json(), kept);
    for (const id of ["9999", "x", "0", "-1", "1e3"]) {
      assert.equal((await cleo.call("GET", `/api/people/${id}`)).status, 404, id);
    }
    for (const [method, path] of [
      ["GET", `/api/people/${cleo.me.id}`],
      ["PATCH", "/api/me"],
    ] as const) {
      const body = method === "PATCH" ? { about: "x" } : undefined;
      assert.equal((await request(world.one.url, method, path, { body })).status, 401);
    }
  });

  test("[PF3] a new name is found and signs in at once; the old one is nobody's for 30 days", async () => {
    const { redis, two } = world;
    const dora = await Member.enter(world.one.url, "Dora");
    const renamed = await dora.call("PATCH", "/api/me", { username: "Théodora" });
    assert.equal(renamed.json<Profile>().username, "Théodora");
    const again = await Member.enter(two.url, "THÉODORA", "signIn");
    assert.equal(again.me.id, dora.me.id);
    await assert.rejects(Member.enter(two.url, "dora", "signIn"), /wrong-credentials/u);
    assert.equal((await register("DORA")).json<Problem>().code, "name-taken");
    const search = async (text: string) =>
      (await dora.call("GET", `/api/people?search=${encodeURIComponent(text)}`)).text;
    assert.equal(await search("dora"), '{"people":[]}');
    assert.match(await search("théo"), /Théodora/u);
    const ttl = Number(await redis.cli("TTL", "username:dora"));
    assert.ok(ttl > NAME_HELD_S - 60 && ttl <= NAME_HELD_S, String(ttl));
    // The time is over.
    await redis.cli("PEXPIRE", "username:dora", "0");
    assert.equal((await register("dora")).status, 201);
  });

  test("[PF3] who gave a name up can take it back, and writing it another way keeps it", async () => {
    const eve = await Member.enter(world.one.url, "Eve");
    for (const username of ["EVE", "eva", "Eve"]) {
      assert.equal((await eve.call("PATCH", "/api/me", { username })).status, 200, username);
    }
    assert.equal((await register("eva")).status, 409);
    assert.equal(await world.redis.cli("GET", "username:eve"), `user:${eve.me.id}`);
    assert.equal(await world.redis.cli("TTL", "username:eve"), "-1");
  });

  test("[PF4] of all who want one name at once, by registering or by renaming, one gets it", async () => {
    const people = await Promise.all(
      Array.from({ length: 10 }, (_, at) => Member.enter(world.one.url, `wants-${at}`)),
    );
    const rename = ({ token }: Member, at: number) =>
      request(at % 2 === 0 ? world.one.url : world.two.url, "PATCH", "/api/me", {
        body: { username: at % 3 === 0 ? "Golden" : "golden" },
        headers: { Authorization: `Bearer ${token}` },
      });
    const answers = await Promise.all(
      people.flatMap((person, at) => [rename(person, at), register("golden")]),
    );
    const won = answers.filter(({ status }) => status < 300);
    assert.equal(won.length, 1);
    for (const each of answers) if (!won.includes(each)) assert.equal(each.status, 409);
    const id = won[0]?.json<Person>().id;
    assert.equal(await world.redis.cli("GET", "username:golden"), `user:${id}`);
    // Whoever lost is called what they were called before.
    const names = (await world.redis.cli("ZRANGE", "usernames", "0", "-1")).split("\n");
    const losers = people.filter(({ me }) => me.id !== id).map(({ me }) => me.username);
    for (const name of losers) {
      assert.ok(names.includes(name));
      assert.equal(await world.redis.cli("TTL", `username:${name}`), "-1");
    }
    assert.equal(names.filter((name) => name === "golden").length, 1);
  });

  test("[PF4] of two renamings of one person at once both names cannot be kept", async () => {
    const finn = await Member.enter(world.one.url, "Finn");
    const there = await Member.enter(world.two.url, "Finn", "signIn");
    await Promise.all([
      finn.call("PATCH", "/api/me", { username: "finn-a" }),
      there.call("PATCH", "/api/me", { username: "finn-b" }),
    ]);
    const { username } = (await finn.call("GET", `/api/people/${finn.me.id}`)).json<Profile>();
    const owned = await Promise.all(
      ["finn", "finn-a", "finn-b"].map(async (name) => {
        const holder = await world.redis.cli("GET", `username:${name}`);
        return holder === `user:${finn.me.id}` ? [name] : [];
      }),
    );
    assert.deepEqual(owned.flat(), [username]);
    const names = (await world.redis.cli("ZRANGE", "usernames", "0", "-1")).split("\n");
    assert.deepEqual(
      names.filter((name) => name.startsWith("finn")),
      [username],
    );
  });

  test("[PF3] after three other names one waits for days", async () => {
    const gil = await Member.enter(world.one.url, "Gil");
    const statuses: number[] = [];
    for (const username of ["gil-2", "gil-3", "gil-4", "gil-5"]) {
      const answer = await gil.call("PATCH", "/api/me", { username });
      statuses.push(answer.status);
      if (answer.status === 429) assert.match(answer.json<Problem>().detail, /\d days/u);
    }
    assert.deepEqual(statuses, [200, 200, 200, 429]);
  });
});
