/**
 * Races on a real Redis, in a hundred orders each: two things that exclude each other never both
 * happen, and neither leaves anything half done.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { accessMember, accessRoom } from "#server/core/access/room-access.ts";
import { GENERAL } from "#protocol/room.ts";
import type { Redis } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import type { Ended, Race } from "#test/races/race.ts";
import { ORDERS, play } from "#test/races/race.ts";
import type { TestServer } from "#test/races/servers.ts";
import { CLIENT, NEWEST, PAGE, PASSWORD, enter, openRoom, serverOn } from "#test/races/servers.ts";

/** Fewer different ones would mean that nothing is decided: the smallest race has 24. */
const DIFFERENT_MIN = Math.min(ORDERS / 8, 12);

async function race(
  context: TestContext,
  run: (race: Race, redis: Redis, plain: TestServer) => Promise<void>,
): Promise<void> {
  const different = await play((one, redis) => run(one, redis, serverOn(redis)));
  context.diagnostic(`${different} different orders of ${ORDERS}`);
  assert.ok(different >= DIFFERENT_MIN, `only ${different} different orders`);
}

/** The codes of refusals, and "done" for what was not refused. */
const outcomes = (ended: readonly Ended<unknown>[]) =>
  ended.map((each) => ("code" in each ? each.code : "done"));

const FORWARD = { mayGoBack: false, isTold: false } as const;
const HOOK = { canonical: "hook", username: "Hook" } as const;

const isIn = async (redis: Redis, room: string, user: number) => {
  const [member, listed] = await Promise.all([
    redis.hExists(keys.roomMembers(room), String(user)),
    redis.sIsMember(keys.userRooms(user), room),
  ]);
  assert.equal(member, listed, "the room and the person's list agree");
  return member === 1;
};

test("[RC1] register ‖ register: one gets the name, and one is the owner", (context) =>
  race(context, async (one, redis) => {
    const names = ["Ada", "ada", "ＡＤＡ", "Brin"];
    const register = names.map((username, at) => () => {
      const server = serverOn(one.link(`server ${at}`));
      return server.accounts.register({ username, password: PASSWORD }, CLIENT);
    });
    const ended = await one.all(...register);
    const done = ended.flatMap((each) => ("value" in each ? [each.value] : []));
    assert.deepEqual(outcomes(ended).toSorted(), ["done", "done", "name-taken", "name-taken"]);
    assert.equal(done.filter(({ user }) => user.role === "owner").length, 1);
    const ids = done.map(({ user }) => String(user.id)).toSorted();
    assert.equal(await redis.get("username:ada"), `user:${done[0]?.user.id}`);
    // Whoever failed has left nothing but a gap in the ids.
    const people = (await redis.keys("user:*")).filter((key) => /^user:\d+$/u.test(key));
    assert.deepEqual(people.map((key) => key.slice(5)).toSorted(), ids);
    assert.deepEqual((await redis.hKeys(keys.roomMembers(GENERAL))).toSorted(), ids);
    assert.equal((await redis.keys("session:*")).length, 2);
    assert.deepEqual(await redis.sMembers(keys.owners), [
      String(done.find(({ user }) => user.role === "owner")?.user.id),
    ]);
  }));

test("[RC1] an invitation's last use ‖ itself: it makes one account", (context) =>
  race(context, async (one, redis, plain) => {
    const { session } = await enter(plain, "Ada");
    await plain.joining.changeSettings(session, { registration: "invitation" });
    const { token: invitation } = await plain.joining.invite(session, { uses: 1 });
    const register = ["Brin", "Cleo", "Dora"].map((username) => () => {
      const server = serverOn(one.link(username));
      return server.accounts.register({ username, password: PASSWORD, invitation }, CLIENT);
    });
    const ended = await one.all(...register);
    const refused = "invitation-not-valid";
    assert.deepEqual(outcomes(ended).toSorted(), ["done", refused, refused]);
    const people = (await redis.keys("user:*")).filter((key) => /^user:\d+$/u.test(key));
    assert.equal(people.length, 2);
    assert.equal((await redis.keys("username:*")).length, 2);
    assert.equal(await redis.hLen(keys.roomMembers(GENERAL)), 2);
    assert.deepEqual(await redis.keys("invitation*"), []);
  }));

test("[RC1] kick ‖ send: what is stored was said before, and what comes after is refused", (context) =>
  race(context, async (one, redis, plain) => {
    const ada = await enter(plain, "Ada");
    const brin = await enter(plain, "Brin");
    const room = await openRoom(plain, ada.session);
    await plain.store.rooms.add(accessMember(brin.session.user, room, brin.session.user.id));
    const send = (name: string) => () => {
      const { chat } = serverOn(one.link(name));
      return chat.send(brin.session.user, room, { cid: `${name}-cid`, text: name });
    };
    const kicking = serverOn(one.link("kick"));
    const kick = () =>
      kicking.store.rooms.remove(accessMember(ada.session.user, room, brin.session.user.id));
    const [kicked, ...sent] = await one.all<unknown>(kick, send("first"), send("second"), () => {
      const { chat } = serverOn(one.link("again"));
      return chat.send(brin.session.user, room, { cid: "first-cid", text: "first" });
    });
    assert.deepEqual(kicked, { value: "done" });
    const kickedAt = one.at("kick: roomRemove");
    const isStored = ["first", "second"].map(
      (name) => one.at(`${name}: append`) < kickedAt || isFirstAgain(name, one, kickedAt),
    );
    const [first, second, again] = outcomes(sent);
    assert.deepEqual(
      [first, second],
      isStored.map((is) => (is ? "done" : "not-found")),
    );
    assert.equal(again, first);
    const slice = await plain.store.log.page(accessRoom(ada.session.user, room), NEWEST, PAGE);
    const texts = slice?.messages.map(({ message }) => message) ?? [];
    const wanted = ["first", "second"].filter((_, at) => isStored[at]);
    assert.deepEqual(texts.toSorted(), wanted);
    assert.equal(await isIn(redis, room, brin.session.user.id), false);
  }));

/** What was stored by its repetition counts as stored, whenever it comes again. */
function isFirstAgain(name: string, one: Race, kickedAt: number): boolean {
  return name === "first" && one.at("again: append") < kickedAt;
}

test("[RC1] revoke ‖ send ‖ sign in: nothing is done with a session that has ended, and none comes back", (context) =>
  race(context, async (one, redis, plain) => {
    const ada = await enter(plain, "Ada");
    const brin = await enter(plain, "Brin");
    const { user } = brin.session;
    const send = (name: string) => async () => {
      const server = serverOn(one.link(name));
      const session = await server.accounts.resolve(brin.token);
      if (session === undefined) return "signed out";
      await server.chat.send(session.user, GENERAL, { cid: `${name}-cid`, text: name });
      return "stored";
    };
    const suspending = serverOn(one.link("revoke"));
    const signingIn = serverOn(one.link("sign in"));
    const ended = await one.all<unknown>(
      () => suspending.standing.suspend(ada.session, user.id, {}),
      send("first"),
      send("second"),
      () => signingIn.accounts.signIn("Brin", PASSWORD, CLIENT),
    );
    const revokedAt = one.at("revoke: suspend");
    const [revoked, first, second, signIn] = ended;
    assert.deepEqual(revoked, { value: undefined });
    for (const [name, sent] of Object.entries({ first, second })) {
      const wasFound = one.at(`${name}: sessionTouch`) < revokedAt;
      const isFoundToo = one.at(`${name}: append`) >= 0;
      assert.equal(isFoundToo, wasFound, name);
      assert.deepEqual(sent, { value: wasFound ? "stored" : "signed out" });
    }
    const wasMade = one.at("sign in: sessionCreate") < revokedAt;
    assert.equal(signIn !== undefined && "value" in signIn, wasMade);
    // Ada's alone is left.
    assert.equal((await redis.keys("session:*")).length, 1);
    assert.deepEqual(await redis.zRange(keys.userSessions(user.id), 0, -1), []);
    assert.equal(await plain.accounts.resolve(brin.token), undefined);
  }));

test("[RC1] delete ‖ page ‖ edit: no page shows what was deleted before it, and no edit brings it back", (context) =>
  race(context, async (one, redis, plain) => {
    const { session } = await enter(plain, "Ada");
    const { user } = session;
    const ids: string[] = [];
    for (const cid of ["message-1", "message-2", "message-3"]) {
      ids.push((await plain.chat.send(user, GENERAL, { cid, text: `secret ${cid}` })).id);
    }
    const id = ids[1] ?? "";
    const page = (name: string) => async () => {
      const cursor = { at: "around", id } as const;
      const { messages } = await serverOn(one.link(name)).chat.page(user, GENERAL, cursor, 10);
      return messages;
    };
    const editing = serverOn(one.link("edit"));
    const deleting = serverOn(one.link("delete"));
    const [removed, ...pages] = await one.all<unknown>(
      () => deleting.chat.remove(user, GENERAL, id),
      page("first"),
      page("second"),
      () => editing.chat.edit(user, GENERAL, id, "secret, edited"),
    );
    assert.ok(removed !== undefined && "value" in removed);
    const deletedAt = one.done.findLastIndex((what) => what === "delete: change");
    for (const [at, name] of ["first", "second"].entries()) {
      const found = pages[at];
      assert.ok(found !== undefined && "value" in found && Array.isArray(found.value));
      const messages: readonly { id: string; message: string; deleted?: string }[] = found.value;
      assert.deepEqual(
        messages.map((message) => message.id),
        ids,
      );
      // The message itself comes with the later of the two reads.
      const readAt = one.done.findLastIndex((what) => what === `${name}: page`);
      const isThere = messages[1]?.deleted === undefined;
      assert.equal(isThere, readAt < deletedAt, name);
      assert.equal(messages[1]?.message.startsWith("secret"), isThere, name);
    }
    const slice = await plain.store.log.page(accessRoom(user, GENERAL), NEWEST, PAGE);
    assert.deepEqual(
      slice?.messages.map(({ deleted }) => deleted !== undefined),
      [false, true, false],
    );
    const kept = JSON.stringify(await redis.zRange(keys.room(GENERAL), 0, -1));
    assert.ok(!kept.includes("secret message-2") && !kept.includes("edited"));
  }));

test("[RC1] delete a room ‖ page: a whole page or none, and nothing of the room is left", (context) =>
  race(context, async (one, redis, plain) => {
    const ada = await enter(plain, "Ada");
    const brin = await enter(plain, "Brin");
    const [by, who] = [ada.session.user, brin.session.user];
    const room = await openRoom(plain, ada.session);
    await plain.store.rooms.add(accessMember(who, room, who.id));
    const ids: string[] = [];
    for (const cid of ["message-1", "message-2", "message-3"]) {
      ids.push((await plain.chat.send(by, room, { cid, text: cid })).id);
    }
    const cursor = { at: "around", id: ids[1] ?? "" } as const;
    const at = (name: string) => serverOn(one.link(name));
    const [deleted, page, read] = await one.all<unknown>(
      () => at("delete").store.rooms.delete(accessRoom(by, room)),
      async () => {
        const { messages } = await at("page").chat.page(who, room, cursor, 10);
        return messages.map(({ id }) => id);
      },
      () => at("read").store.reads.read(accessRoom(who, room), ids[2] ?? "", FORWARD),
      () => at("remove").chat.remove(by, room, ids[2] ?? ""),
      () => at("webhook").store.webhooks.create(accessRoom(by, room), HOOK, "digest"),
      () => at("join").store.rooms.add(accessMember(by, room, by.id)),
      () => at("mute").store.rooms.mute(accessMember(by, room, who.id), 0),
    );
    assert.deepEqual(deleted, { value: "done" });
    assert.ok(page !== undefined);
    const isWhole = "value" in page && JSON.stringify(page.value) === JSON.stringify(ids);
    assert.ok(isWhole || ("code" in page && page.code === "not-found"), JSON.stringify(page));
    assert.ok(read !== undefined);
    assert.deepEqual(await redis.keys("*hook*"), []);
    const left = (await redis.keys(`*room:${room}*`)).filter((key) => !key.includes(":sent:"));
    assert.deepEqual(left, []);
    for (const { id } of [by, who]) assert.equal(await isIn(redis, room, id), false);
  }));

test("[RC1] join ‖ archive: who comes after it stays outside", (context) =>
  race(context, async (one, redis, plain) => {
    const ada = await enter(plain, "Ada");
    const people = [];
    for (const name of ["Brin", "Cleo", "Dora"]) people.push((await enter(plain, name)).session);
    const room = await openRoom(plain, ada.session);
    const archive = (name: string, archived: boolean) => () =>
      serverOn(one.link(name)).store.rooms.edit(accessRoom(ada.session.user, room), { archived });
    const join = people.map(({ user }) => () => {
      return serverOn(one.link(user.username)).store.rooms.add(accessMember(user, room, user.id));
    });
    const ended = await one.all(archive("archive", true), archive("open", false), ...join);
    const archivedAt = one.at("archive: roomEdit");
    const openedAt = one.at("open: roomEdit");
    const isArchived = (at: number) => at > archivedAt && !(openedAt > archivedAt && at > openedAt);
    for (const [n, { user }] of people.entries()) {
      const wasOpen = !isArchived(one.at(`${user.username}: roomAdd`));
      assert.deepEqual(ended[n + 2], { value: wasOpen ? "done" : "not-allowed" }, user.username);
      assert.equal(await isIn(redis, room, user.id), wasOpen);
    }
    const isListed = (await redis.sIsMember(keys.openRooms, room)) === 1;
    assert.equal(isListed, openedAt > archivedAt);
  }));
