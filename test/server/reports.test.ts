/** Reports over two servers: telling admins of a message, and what they make of it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { SendResult } from "#protocol/commands.ts";
import type { Problem } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { OwnReport, Report, ReportsResult } from "#protocol/reports.ts";
import type { Room } from "#protocol/room.ts";
import { REPORT_KEEP_S } from "#server/core/rooms/report-store.ts";
import type { Answer } from "#test/support/member.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const WITHIN_MS = 1_000;

const ascending = (a: number, b: number) => a - b;
const status = async (answer: Promise<Answer>) => (await answer).status;
const codeOf = async (answer: Promise<Answer>) => (await answer).json<Problem>().code;
const say = async (by: Member, room: string, text: string) =>
  (await by.say(text, randomUUID(), room)).json<SendResult>().id;
const report = (by: Member, room: string, id: string, body: object = { reason: "spam" }) =>
  by.call("POST", `/api/rooms/${room}/messages/${id}/reports`, body);
const decide = (by: Member, { id }: Pick<Report, "id">, verdict: string) =>
  by.call("POST", `/api/admin/reports/${id}`, { verdict });
const list = async (by: Member, state = "open", cursor?: string) => {
  const query = cursor === undefined ? "" : `&after=${cursor}`;
  const answer = await by.call("GET", `/api/admin/reports?state=${state}${query}`);
  return answer.json<ReportsResult>();
};
const entryOf = async (by: Member, message: string, state = "open"): Promise<Report> => {
  const { reports } = await list(by, state);
  const found = reports.find((each) => each.message === message);
  assert.ok(found, "the entry");
  return found;
};

describe("reports", { concurrency: false }, () => {
  let world: TwoServers;
  /** Ada is the owner and in none of the rooms; the others are on the other server. */
  let ada: Member;
  let brin: Member;
  let cleo: Member;
  let dora: Member;
  let admin: Member;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    cleo = await Member.enter(world.two.url, "Cleo");
    dora = await Member.enter(world.two.url, "Dora");
    admin = await Member.enter(world.two.url, "Aide");
    await ada.call("PUT", `/api/admin/people/${admin.me.id}/role`, { role: "admin" });
  });
  after(() => world[Symbol.asyncDispose]());

  /** A closed room of Brin's with Cleo and Dora in it. */
  const room = async (name: string) => {
    const made = await brin.call("POST", "/api/rooms", { kind: "closed", name });
    const { id } = made.json<Room>();
    for (const each of [cleo, dora]) {
      await brin.call("PUT", `/api/rooms/${id}/members/${each.me.id}`, {});
    }
    return id;
  };

  test("[RP1] a member reports a message once, and is answered the same again", async () => {
    const id = await room("Once");
    const bad = await say(cleo, id, "buy my watches");
    const body = { reason: "spam", words: "The third time today" };
    const first = await report(dora, id, bad, body);
    assert.equal(first.status, 201);
    const own = first.json<OwnReport>();
    assert.deepEqual([own.reason, own.words], ["spam", "The third time today"]);
    const again = await report(dora, id, bad, { reason: "violence" });
    assert.deepEqual([again.status, again.text], [200, first.text]);
    const others = await Promise.all([report(brin, id, bad), report(brin, id, bad)]);
    assert.deepEqual(others.map((answer) => answer.status).toSorted(ascending), [200, 201]);
    assert.equal(others[0]?.text, others[1]?.text);
    const entries = (await list(ada)).reports.filter(({ message }) => message === bad);
    assert.equal(entries.length, 1);
    assert.deepEqual(
      entries[0]?.reports.map(({ by }) => by).toSorted(ascending),
      [brin.me.id, dora.me.id].toSorted(ascending),
    );
    // Who is not there cannot know of it; nobody reports themselves, or what is no message.
    const nothing = "1700000000.000000";
    const refused = await report(ada, id, bad);
    assert.deepEqual([refused.status, refused.text], [404, (await report(ada, "9999", bad)).text]);
    assert.equal((await report(dora, id, nothing)).text, refused.text);
    assert.equal(await codeOf(report(cleo, id, bad)), "bad-request");
    assert.equal(await codeOf(report(dora, id, bad, { reason: "ugly" })), "bad-request");
    const gone = await say(cleo, id, "taken back");
    await cleo.call("DELETE", `/api/rooms/${id}/messages/${gone}`);
    assert.equal(await status(report(dora, id, gone)), 404);
  });

  test("[RP2] admins see the message among its neighbours as they are now, and who reported", async () => {
    const id = await room("Context");
    const texts = Array.from({ length: 13 }, (_, at) => `said ${at}`);
    const ids: string[] = [];
    for (const [at, text] of texts.entries()) ids.push(await say(at === 6 ? cleo : brin, id, text));
    const bad = ids[6] ?? "";
    await report(dora, id, bad, { reason: "harassment", words: "Again" });
    await report(brin, id, bad, { reason: "other" });
    await cleo.call("PATCH", `/api/rooms/${id}/messages/${bad}`, { message: "said nicely" });
    await brin.call("DELETE", `/api/rooms/${id}/messages/${ids[5]}`);
    const entry = await entryOf(ada, bad);
    assert.deepEqual(
      entry.messages.map(({ message }) => message),
      [...texts.slice(1, 5), "", "said nicely", ...texts.slice(7, 12)],
    );
    assert.deepEqual(
      [entry.room, entry.roomName, entry.from, entry.state],
      [id, "Context", cleo.me.id, "open"],
    );
    const reporters = entry.reports.map(({ by, reason, words }) => [by, reason, words]);
    assert.equal(reporters.length, 2);
    assert.deepEqual(
      new Map(reporters.map(([by, ...rest]) => [by, rest])),
      new Map([
        [dora.me.id, ["harassment", "Again"]],
        [brin.me.id, ["other", undefined]],
      ]),
    );
    const names = new Set((await list(ada)).people.map(({ username }) => username));
    for (const name of ["Brin", "Cleo", "Dora"]) assert.ok(names.has(name), name);
    for (const path of ["/api/admin/reports", "/api/admin/reports?state=closed"]) {
      assert.equal(await codeOf(brin.call("GET", path)), "not-allowed");
    }
    assert.equal(await codeOf(decide(brin, entry, "dismiss")), "not-allowed");
    assert.equal(await status(decide(ada, { id: 4711 }, "dismiss")), 404);
    assert.equal(await status(decide(ada, entry, "forgive")), 400);
    // Admins see what was reported, and nothing else of the room.
    assert.equal(await status(ada.call("GET", `/api/rooms/${id}/messages`)), 404);
  });

  test("[RP3] a deletion is heard in the room, also an archived one, and leaves no text", async () => {
    const id = await room("Deletion");
    const bad = await say(cleo, id, "a horrible thing");
    await report(dora, id, bad, { reason: "illegal" });
    await brin.call("PATCH", `/api/rooms/${id}`, { archived: true });
    await using line = await dora.connect();
    await line.join(undefined, id);
    const entry = await entryOf(ada, bad);
    assert.equal(await status(decide(ada, entry, "delete")), 204);
    await line.until(() => line.events.length > 0, "the event", WITHIN_MS);
    const [event] = line.events;
    assert.equal(event?.type, "delete");
    assert.deepEqual([event?.data?.id, event?.data?.message], [bad, ""]);
    assert.ok(!(await world.redis.cli("ZRANGE", `room:${id}`, "0", "-1")).includes("horrible"));
    const closed = await entryOf(ada, bad, "closed");
    assert.deepEqual(
      [closed.state, closed.decision?.verdict, closed.decision?.by],
      ["closed", "delete", ada.me.id],
    );
    assert.ok(!(await list(ada)).reports.some(({ message }) => message === bad));
  });

  test("[RP3] a suspension deletes the message, and is only for who may suspend", async () => {
    const id = await room("Suspension");
    const eve = await Member.enter(world.two.url, "Eve");
    await brin.call("PUT", `/api/rooms/${id}/members/${eve.me.id}`, {});
    const bad = await say(eve, id, "worse than that");
    await report(dora, id, bad, { reason: "violence" });
    await using line = await eve.connect();
    const entry = await entryOf(admin, bad);
    assert.equal(await status(decide(admin, entry, "suspend")), 204);
    await line.until(() => line.closing === "signed-out", "the end", WITHIN_MS);
    const body = { username: "Eve", password: PASSWORD };
    const refused = await request(world.one.url, "POST", "/api/session", { body });
    assert.equal(refused.json<Problem>().code, "suspended");
    const { messages } = await brin.history("", id);
    assert.equal(messages.find((message) => message.id === bad)?.message, "");
    // What an owner says no admin suspends them for; nothing is done then, not even a part.
    const bold = await say(ada, "0", "I am the owner");
    await report(dora, "0", bold);
    const owned = await entryOf(admin, bold);
    assert.equal(await codeOf(decide(admin, owned, "suspend")), "not-allowed");
    assert.equal((await entryOf(admin, bold)).state, "open");
    assert.equal((await entryOf(admin, bold)).messages.at(-1)?.message, "I am the owner");
    assert.equal(await status(decide(admin, owned, "dismiss")), 204);
  });

  test("[RP4] of admins who decide at once one does; who reports later opens it again", async () => {
    const id = await room("Deciding");
    const bad = await say(cleo, id, "a matter of taste");
    await report(dora, id, bad);
    const entry = await entryOf(ada, bad);
    const both = await Promise.all([
      decide(ada, entry, "dismiss"),
      decide(admin, entry, "dismiss"),
    ]);
    assert.deepEqual(both.map((answer) => answer.status).toSorted(ascending), [204, 409]);
    const winner = both[0]?.status === 204 ? ada : admin;
    assert.equal((await entryOf(ada, bad, "closed")).decision?.by, winner.me.id);
    assert.equal(await codeOf(decide(ada, entry, "delete")), "already-decided");
    assert.equal((await brin.history("", id)).messages.at(-1)?.message, "a matter of taste");
    // Who has reported it already does not open it again, anyone else does.
    assert.equal(await status(report(dora, id, bad)), 200);
    assert.equal((await entryOf(ada, bad, "closed")).id, entry.id);
    assert.equal(await status(report(brin, id, bad, { reason: "harassment" })), 201);
    const again = await entryOf(ada, bad);
    assert.deepEqual([again.id, again.reports.length], [entry.id, 2]);
    assert.equal(again.decision?.verdict, "dismiss");
    const { redis } = world;
    assert.equal(await redis.cli("TTL", `{reports}:entry:${entry.id}`), "-1");
    await decide(ada, again, "dismiss");
    for (const key of [`entry:${entry.id}`, `by:${entry.id}`, `of:${id}:${bad}`]) {
      const ttl = Number(await redis.cli("TTL", `{reports}:${key}`));
      assert.ok(ttl > REPORT_KEEP_S - 60 && ttl <= REPORT_KEEP_S, `${key} ${ttl}`);
    }
    // As after 90 days.
    await redis.cli("DEL", `{reports}:entry:${entry.id}`, `{reports}:by:${entry.id}`);
    assert.ok(!(await list(ada, "closed")).reports.some(({ id: each }) => each === entry.id));
    assert.equal(await status(decide(ada, entry, "dismiss")), 404);
  });

  test("[RP4] a report of a room that is no more can be closed", async () => {
    const id = await room("Short-lived");
    const bad = await say(cleo, id, "soon gone");
    await report(dora, id, bad);
    await brin.call("DELETE", `/api/rooms/${id}`);
    const entry = await entryOf(ada, bad);
    assert.deepEqual([entry.messages, entry.roomName, entry.from], [[], "", cleo.me.id]);
    assert.equal(await status(decide(ada, entry, "delete")), 204);
    assert.equal(await world.redis.cli("EXISTS", `room:${id}`, `{room:${id}}:meta`), "0");
  });

  test("[RP5] a person reports up to 20 messages an hour, with up to 500 characters", async () => {
    const id = await room("Limits");
    const finn = await Member.enter(world.two.url, "Finn");
    await brin.call("PUT", `/api/rooms/${id}/members/${finn.me.id}`, {});
    const one = await say(cleo, id, "the first");
    for (const [extra, is] of [
      [1, 400],
      [-1, 201],
      [0, 200],
    ] as const) {
      const words = "x".repeat(LIMITS.reasonCharsMax + extra);
      assert.equal(await status(report(finn, id, one, { reason: "other", words })), is);
    }
    for (let at = 1; at < LIMITS.reportsPerHour; at++) {
      const next = await say(at % 2 === 0 ? dora : cleo, id, `number ${at}`);
      assert.equal(await status(report(finn, id, next)), 201, `number ${at}`);
    }
    const last = await say(brin, id, "one too many");
    const refused = (await report(finn, id, last)).json<Problem>();
    assert.equal(refused.code, "too-many-requests");
    assert.ok((refused.retryAfter ?? 0) > 60);
    // What was reported already is answered still.
    assert.equal(await status(report(finn, id, one)), 200);
  });

  test("[RP5] the queue is paged in the order it came, each entry once", async () => {
    for (const { id } of await all("open")) await decide(ada, { id }, "dismiss");
    const entries: number[] = [];
    for (let at = 0; at <= LIMITS.reportsShownMax; at++) {
      const id = 1_000 + at;
      const message = `17000000${String(at).padStart(2, "0")}.000000`;
      const fields = ["room", "0", "message", message, "from", String(cleo.me.id)];
      await world.redis.cli("HSET", `{reports}:entry:${id}`, ...fields);
      await world.redis.cli("ZADD", "{reports}:open", String(id), String(id));
      entries.push(id);
      const { reports, after: next } = await list(ada);
      assert.equal(reports.length, Math.min(at + 1, LIMITS.reportsShownMax));
      assert.equal(next !== undefined, at === LIMITS.reportsShownMax);
    }
    assert.deepEqual(
      (await all("open")).map(({ id }) => id),
      entries,
    );
    for (const id of entries) await decide(ada, { id }, "dismiss");
    const closed = (await all("closed")).map(({ id }) => id);
    assert.equal(new Set(closed).size, closed.length);
    assert.ok(entries.every((id) => closed.includes(id)));
    assert.deepEqual((await list(ada, "closed", "987654")).reports, []);
    assert.equal(await status(ada.call("GET", "/api/admin/reports?after=x")), 400);
  });

  async function all(state: string): Promise<readonly Report[]> {
    const found: Report[] = [];
    let cursor: string | undefined;
    do {
      const { reports, after: next } = await list(ada, state, cursor);
      found.push(...reports);
      cursor = next;
    } while (cursor !== undefined);
    return found;
  }
});
