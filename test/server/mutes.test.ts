/** Mutes over two servers: who may only read in a room, until when, and who is told. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { Problem } from "#protocol/errors.ts";
import type { SendResult } from "#protocol/commands.ts";
import type { MembersResult, Room } from "#protocol/room.ts";
import type { Answer } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

const WITHIN_MS = 1_000;
const nowS = () => Math.floor(Date.now() / 1000);
const status = async (answer: Promise<Answer>) => (await answer).status;
const codeOf = async (answer: Promise<Answer>) => (await answer).json<Problem>().code;

const mute = (by: Member, room: string, whom: Member, body: object = {}) =>
  by.call("PUT", `/api/rooms/${room}/mutes/${whom.me.id}`, body);
const unmute = (by: Member, room: string, whom: Member) =>
  by.call("DELETE", `/api/rooms/${room}/mutes/${whom.me.id}`);
const roomOf = async (of: Member, id: string) =>
  (await of.call("GET", `/api/rooms/${id}`)).json<Room>();

describe("mutes", { concurrency: false }, () => {
  let world: TwoServers;
  /** Ada moderates; Brin and Cleo are on the other server. */
  let ada: Member;
  let brin: Member;
  let cleo: Member;
  before(async () => {
    world = await twoServers();
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    cleo = await Member.enter(world.two.url, "Cleo");
  });
  after(() => world[Symbol.asyncDispose]());

  const open = async (name: string) => {
    const made = await ada.call("POST", "/api/rooms", { kind: "open", name });
    const { id } = made.json<Room>();
    for (const each of [brin, cleo]) {
      await each.call("PUT", `/api/rooms/${id}/members/${each.me.id}`, {});
    }
    return id;
  };
  const told = async (to: Member, room: string) => {
    const answer = await to.call("GET", `/api/rooms/${room}/members`);
    const { members } = answer.json<MembersResult>();
    return members.find(({ id }) => id === brin.me.id)?.muted;
  };
  test("[RM12] who is muted reads, says nothing, and may still take back their own words", async () => {
    const id = await open("Quiet");
    const own = (await brin.say("before it", "before-it", id)).json<SendResult>();
    await using line = await brin.connect();
    await line.join(undefined, id);
    assert.equal(await status(mute(ada, id, brin)), 204);
    await line.until(() => line.notices.length > 0, "the notice", WITHIN_MS);
    assert.deepEqual(line.notices[0], { room: id });
    const said = await line.send("may I?", "may-i-speak", id);
    assert.ok("error" in said && said.error.code === "muted" && said.error.until === undefined);
    const message = `/api/rooms/${id}/messages/${own.id}`;
    assert.equal(await codeOf(brin.say("or so?", "or-so-maybe", id)), "muted");
    assert.equal(await codeOf(brin.call("PATCH", message, { message: "changed" })), "muted");
    const react = brin.call("PUT", `${message}/reactions`, { emoji: "👍" });
    assert.equal(await codeOf(react), "muted");
    await ada.say("still read by all", "still-read-by-all", id);
    await line.until(() => line.texts().includes("still read by all"), "the message");
    // What was stored before the mute is answered as it was then.
    assert.equal(await status(brin.say("before it", "before-it", id)), 201);
    assert.equal(await status(brin.call("DELETE", message)), 200);
    assert.equal(await status(brin.say("elsewhere", "elsewhere-i-may")), 201);
    assert.equal(await status(unmute(ada, id, brin)), 204);
    assert.equal(await status(brin.say("at last", "at-last-again", id)), 201);
  });

  test("[RM12] moderators and the muted are told, and nobody else", async () => {
    const id = await open("Told");
    const end = nowS() + 3_600;
    assert.equal(await status(mute(ada, id, brin, { until: end })), 204);
    assert.deepEqual(await told(ada, id), { until: end });
    assert.deepEqual(await told(brin, id), { until: end });
    assert.equal(await told(cleo, id), undefined);
    assert.deepEqual((await roomOf(brin, id)).muted, { until: end });
    assert.equal((await roomOf(cleo, id)).muted, undefined);
    const refused = (await brin.say("when?", "when-will-it-end", id)).json<Problem>();
    assert.deepEqual([refused.code, refused.until], ["muted", end]);
    await mute(ada, id, brin);
    assert.deepEqual(await told(brin, id), {});
    await unmute(ada, id, brin);
    assert.equal(await told(ada, id), undefined);
  });

  test("[RM12] a mute ends by itself", async () => {
    const id = await open("Shortly");
    assert.equal(await status(mute(ada, id, brin, { until: nowS() + 2 })), 204);
    assert.equal(await codeOf(brin.say("now?", "now-or-later-0", id)), "muted");
    await until(async () => (await roomOf(brin, id)).muted === undefined, {
      what: "the end of the mute",
      everyMs: 100,
    });
    assert.equal(await status(brin.say("now?", "now-or-later-0", id)), 201);
    assert.equal(await told(ada, id), undefined);
  });

  test("[RM12] only moderators mute, not each other, and not in private chats", async () => {
    const id = await open("Who may");
    assert.equal(await codeOf(mute(brin, id, cleo)), "not-allowed");
    assert.equal(await codeOf(mute(ada, id, ada)), "not-allowed");
    await ada.call("PUT", `/api/rooms/${id}/members/${cleo.me.id}`, { role: "moderator" });
    assert.equal(await codeOf(mute(ada, id, cleo)), "not-allowed");
    assert.equal(await status(mute(cleo, id, brin)), 204);
    assert.equal(await status(ada.call("PUT", `/api/rooms/${id}/mutes/4711`, {})), 404);
    const closed = await ada.call("POST", "/api/rooms", { kind: "closed", name: "Closed" });
    const hidden = await mute(brin, closed.json<Room>().id, ada);
    assert.equal(hidden.text, (await mute(brin, "987654", ada)).text);
    const chat = await ada.call("POST", "/api/chats", { people: [brin.me.id] });
    assert.equal(await codeOf(mute(ada, chat.json<Room>().id, brin)), "not-allowed");
    // Who moderates speaks; who is muted stays so wherever they go and come back.
    await ada.call("PUT", `/api/rooms/${id}/members/${brin.me.id}`, { role: "moderator" });
    assert.equal(await status(brin.say("I moderate", "i-moderate-now", id)), 201);
    await ada.call("PUT", `/api/rooms/${id}/members/${brin.me.id}`, { role: "member" });
    for (const method of ["DELETE", "PUT"]) {
      const body = method === "PUT" ? {} : undefined;
      await brin.call(method, `/api/rooms/${id}/members/${brin.me.id}`, body);
    }
    assert.equal(await codeOf(brin.say("back again", "back-again-soon", id)), "muted");
    for (const [extra, is] of [
      [-1, 204],
      [0, 204],
      [1, 400],
    ] as const) {
      assert.equal(await status(mute(ada, id, brin, { until: LIMITS.untilMax + extra })), is);
    }
    assert.equal(await status(ada.call("DELETE", `/api/rooms/${id}`)), 204);
    assert.equal(await world.redis.cli("EXISTS", `{room:${id}}:mutes`), "0");
  });

  test("[RM12] of messages at the moment of a mute each is stored and said so, or refused", async () => {
    const id = await open("Race");
    const sends = Array.from({ length: 20 }, (_, at) => cleo.say(`${at}`, `mute-race-${at}`, id));
    const [, ...answers] = await Promise.all([mute(ada, id, cleo), ...sends]);
    const stored = answers.filter((answer) => answer.status === 201).length;
    assert.ok(answers.every((answer) => [201, 403].includes(answer.status)));
    assert.equal((await ada.history("?limit=100", id)).messages.length, stored);
    assert.equal(await codeOf(cleo.say("and now?", "and-now-again", id)), "muted");
  });
});
