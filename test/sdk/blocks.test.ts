/** Whom one blocks, moderating and administering: the client library against scripted answers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Admin } from "#sdk/admin/admin.ts";
import { Blocks } from "#sdk/directory/blocks.ts";
import { Moderation } from "#sdk/directory/moderation.ts";
import type { Fetch } from "#sdk/index.ts";
import { Klatch, KlatchError } from "#sdk/index.ts";
import { ADA } from "#test/support/sdk-clients.ts";
import { World } from "#test/support/sdk-world.ts";

/** Ada's client; `answers` is what the REST side says, by "METHOD path"; absent ones are refused. */
async function client(blocked: readonly number[] = []) {
  const world = new World();
  const answers = new Map<string, unknown>();
  const list = (ids: readonly number[]) => {
    const blocks = ids.map((id) => ({ id, username: `Person ${id}`, since: 1_700_000_000 }));
    answers.set("GET /api/blocks", { blocks });
  };
  list(blocked);
  const asked: string[] = [];
  const held: (() => void)[] = [];
  const state = { isHeld: false };
  const fetch: Fetch = async (url, { method, body }) => {
    const what = `${method} ${url}`;
    asked.push(body === undefined ? what : `${what} ${body}`);
    const answer = answers.get(what);
    if (state.isHeld) {
      await new Promise<void>((resolve) => {
        held.push(resolve);
      });
    }
    const status = answer === undefined ? 404 : answer === null ? 204 : 200;
    const problem = { code: "not-found", detail: "There is nothing here." };
    const json = () => Promise.resolve(answer ?? problem);
    return { ok: status < 300, status, headers: { get: () => null }, json };
  };
  const environment = world.environment(fetch);
  const klatch = new Klatch({ me: ADA, environment });
  const blocks = new Blocks(klatch, environment);
  klatch.connect();
  await world.deliver();
  const notice = (user: number, isBlocked: boolean) =>
    environment.connections
      .at(-1)
      ?.listener.onNotice?.({ type: "blocks", data: { user, blocked: isBlocked } });
  const release = () => {
    state.isHeld = false;
    for (const one of held.splice(0)) one();
  };
  const fetches = () => asked.filter((one) => one === "GET /api/blocks").length;
  const ids = () => [...blocks.ids];
  const hold = () => (state.isHeld = true);
  return {
    world,
    klatch,
    environment,
    blocks,
    answers,
    asked,
    list,
    notice,
    hold,
    release,
    fetches,
    ids,
  };
}

test("whom one blocks is fetched with the link, and again after every break", async () => {
  const ada = await client([2]);
  assert.deepEqual(ada.ids(), [2]);
  assert.equal(ada.klatch.person(2)?.username, "Person 2");
  ada.list([2, 3]);
  ada.environment.connections.at(-1)?.cut();
  // Nobody is unblocked by a bad line.
  assert.deepEqual(ada.ids(), [2]);
  await ada.world.pass(30);
  assert.deepEqual(ada.ids(), [2, 3]);
  assert.equal(ada.fetches(), 2);
  ada.klatch.close();
  assert.equal(ada.world.clock.timers, 0);
});

test("a notice changes it at once, without a question; told twice it changes once", async () => {
  const ada = await client([2]);
  let changes = 0;
  ada.blocks.onChange(() => changes++);
  ada.notice(3, true);
  assert.deepEqual(ada.ids(), [2, 3]);
  ada.notice(3, true);
  ada.notice(2, false);
  ada.notice(2, false);
  assert.deepEqual(ada.ids(), [3]);
  assert.equal(changes, 2);
  assert.equal(ada.fetches(), 1);
  ada.klatch.close();
});

test("an answer from before a notice does not undo it", async () => {
  const ada = await client();
  ada.environment.connections.at(-1)?.cut();
  ada.hold();
  await ada.world.pass(30);
  assert.equal(ada.fetches(), 2);
  // The answer that is held back does not know of this.
  ada.list([2]);
  ada.notice(2, true);
  assert.equal(ada.fetches(), 3);
  ada.release();
  await ada.world.deliver();
  assert.deepEqual(ada.ids(), [2]);
  ada.klatch.close();
});

test("blocking shows when the server has it; what it refuses changes nothing", async () => {
  const ada = await client();
  ada.answers.set("PUT /api/blocks/2", null);
  await ada.blocks.block(2);
  assert.deepEqual(ada.ids(), [2]);
  await assert.rejects(ada.blocks.block(9), KlatchError);
  assert.deepEqual(ada.ids(), [2]);
  ada.answers.set("DELETE /api/blocks/2", null);
  await ada.blocks.unblock(2);
  assert.deepEqual(ada.ids(), []);
  ada.klatch.close();
});

test("a list that could not be had is asked for again; closing ends that", async () => {
  const ada = await client();
  ada.answers.delete("GET /api/blocks");
  ada.environment.connections.at(-1)?.cut();
  await ada.world.pass(30);
  const tries = ada.fetches();
  assert.ok(tries > 2, `${tries} tries`);
  ada.list([5]);
  await ada.world.pass(60);
  assert.deepEqual(ada.ids(), [5]);
  ada.answers.delete("GET /api/blocks");
  ada.environment.connections.at(-1)?.cut();
  await ada.world.pass(10);
  ada.klatch.close();
  assert.equal(ada.world.clock.timers, 0);
});

test("moderating and reporting ask what docs/PROTOCOL.md says", async () => {
  const ada = await client();
  const moderation = new Moderation(ada.klatch);
  const ban = { id: 2, username: "Person 2", reason: "", by: 1 };
  const report = { reason: "spam", date: 1_700_000_000 } as const;
  const message = "1700000000.000001";
  ada.answers.set("PUT /api/rooms/1/mutes/2", null);
  ada.answers.set("DELETE /api/rooms/1/mutes/2", null);
  ada.answers.set("PUT /api/rooms/1/bans/2", null);
  ada.answers.set("DELETE /api/rooms/1/bans/2", null);
  ada.answers.set("GET /api/rooms/1/bans", { bans: [ban] });
  ada.answers.set(`POST /api/rooms/1/messages/${message}/reports`, report);
  ada.asked.length = 0;
  await moderation.mute("1", 2, { until: 1_800_000_000 });
  await moderation.mute("1", 2);
  await moderation.unmute("1", 2);
  await moderation.ban("1", 2, { reason: "adverts" });
  await moderation.unban("1", 2);
  assert.deepEqual(await moderation.bans("1"), [ban]);
  assert.deepEqual(await moderation.report("1", message, { reason: "spam" }), report);
  assert.deepEqual(ada.asked, [
    'PUT /api/rooms/1/mutes/2 {"until":1800000000}',
    "PUT /api/rooms/1/mutes/2 {}",
    "DELETE /api/rooms/1/mutes/2",
    'PUT /api/rooms/1/bans/2 {"reason":"adverts"}',
    "DELETE /api/rooms/1/bans/2",
    "GET /api/rooms/1/bans",
    `POST /api/rooms/1/messages/${message}/reports {"reason":"spam"}`,
  ]);
  ada.klatch.close();
});

test("administering asks what docs/PROTOCOL.md says, and learns who is who", async () => {
  const ada = await client();
  const admin = new Admin(ada.klatch);
  const people = [{ id: 7, username: "Ngô", role: "member" }];
  ada.answers.set("GET /api/admin/people?", { people, after: "7" });
  ada.answers.set("GET /api/admin/people?search=Ng%C3%B4%20%26&after=7", { people: [] });
  ada.answers.set("PUT /api/admin/people/7/role", null);
  ada.answers.set("PUT /api/admin/people/7/suspension", null);
  ada.answers.set("DELETE /api/admin/people/7/suspension", null);
  ada.answers.set("GET /api/admin/reports?state=open", { reports: [], people: [] });
  ada.answers.set("GET /api/admin/reports?state=closed&after=12", { reports: [], people: [] });
  ada.answers.set("POST /api/admin/reports/3", null);
  ada.asked.length = 0;
  assert.equal((await admin.people()).after, "7");
  assert.equal(ada.klatch.person(7)?.username, "Ngô");
  await admin.people("Ngô &", "7");
  await admin.setRole(7, "admin");
  await admin.suspend(7, "adverts");
  await admin.suspend(7);
  await admin.unsuspend(7);
  await admin.reports("open");
  await admin.reports("closed", "12");
  await admin.decide(3, "dismiss");
  assert.deepEqual(ada.asked.slice(2), [
    'PUT /api/admin/people/7/role {"role":"admin"}',
    'PUT /api/admin/people/7/suspension {"reason":"adverts"}',
    'PUT /api/admin/people/7/suspension {"reason":""}',
    "DELETE /api/admin/people/7/suspension",
    "GET /api/admin/reports?state=open",
    "GET /api/admin/reports?state=closed&after=12",
    'POST /api/admin/reports/3 {"verdict":"dismiss"}',
  ]);
  ada.klatch.close();
});
