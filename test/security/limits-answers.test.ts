/** What one answer holds at most: of one fewer, of as many, and of one more than that. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import type { PeopleResult, SendResult } from "#protocol/commands.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { ReportsResult } from "#protocol/reports.ts";
import type { MembersResult, OpenRoomsResult, RoomsResult } from "#protocol/room.ts";
import { keys } from "#server/redis/keys.ts";
import { upTo } from "#test/security/bounds.ts";
import { openWorld } from "#test/security/world.ts";
import { Member } from "#test/support/member.ts";

const world = await openWorld();
const { url, store } = world;
const ada = await Member.enter(url, "ada");
const brin = await Member.enter(url, "brin");

let rooms = 5_000_000;
let users = 6_000_000;

/** A room of Ada's and Brin's. */
async function newRoom(kind: "open" | "closed" = "closed"): Promise<string> {
  const room = String(rooms++);
  await store.hSet(keys.roomMembers(room), { [ada.me.id]: "moderator", [brin.me.id]: "member" });
  await store.hSet(keys.roomMeta(room), "kind", kind);
  await store.set(keys.roomName(room), `Room ${room}`);
  for (const { me } of [ada, brin]) await store.sAdd(keys.userRooms(me.id), room);
  return room;
}

/** People who are there, and whose names begin like this. */
async function newPeople(count: number, beginning: string): Promise<readonly number[]> {
  const ids = Array.from({ length: count }, () => users++);
  await Promise.all(
    ids.flatMap((id) => {
      const name = `${beginning}${id}`;
      return [
        store.hSet(keys.user(id), "username", name),
        store.set(keys.username(name), keys.user(id)),
        store.zAdd(keys.usernames, { score: 0, value: name }),
      ];
    }),
  );
  return ids;
}

const get = async <T>(path: string, by = ada): Promise<T> => {
  const answer = await by.call("GET", path);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<T>();
};

const openReports = () => get<ReportsResult>("/api/admin/reports?state=open");

/** Each size, and how many of so many are told. */
const told = (most: number) =>
  upTo(most, "", "internal").map(([, size]) => [size, Math.min(size, most)] as const);

describe("what one answer holds", { concurrency: false }, () => {
  for (const [size, count] of told(LIMITS.peopleFoundMax)) {
    test(`of ${size} people whose names begin like that ${count}`, async () => {
      const beginning = `find${String.fromCodePoint(0x61 + (size % 26))}`;
      await newPeople(size, beginning);
      const { people } = await get<PeopleResult>(`/api/people?search=${beginning}`);
      assert.equal(people.length, count);
    });
  }

  for (const [size, count] of told(LIMITS.openRoomsMax)) {
    test(`of ${size} open rooms ${count}`, async () => {
      while ((await store.sCard(keys.openRooms)) < size) {
        await store.sAdd(keys.openRooms, await newRoom("open"));
      }
      const found = await get<OpenRoomsResult>("/api/open-rooms", brin);
      assert.equal(found.rooms.length, count);
    });
  }

  for (const [size, count] of told(LIMITS.membersMax)) {
    test(`of ${size} members of a room ${count}`, async () => {
      const room = await newRoom();
      const ids = await newPeople(size - 2, "member");
      const fields = ids.flatMap((id) => [String(id), "member"]);
      await store.hSet(keys.roomMembers(room), fields);
      const { members } = await get<MembersResult>(`/api/rooms/${room}/members`);
      assert.equal(members.length, count);
    });
  }

  for (const [size, count] of told(LIMITS.unreadMax)) {
    test(`of ${size} unread messages ${count} are counted`, async () => {
      const room = await newRoom();
      const said = Array.from({ length: size }, (_, at) => {
        const id = `${1_700_000_000 + at}.000000`;
        const fields = { from: ada.me.id, date: 1, message: "x", roomId: room, id, cid: "" };
        return { score: Number(id), value: JSON.stringify(fields) };
      });
      await store.zAdd(keys.room(room), said);
      const found = await get<RoomsResult>("/api/rooms", brin);
      assert.equal(found.rooms.find(({ id }) => id === room)?.unread, count);
    });
  }

  for (const [size, count] of told(LIMITS.reportContextMax)) {
    test(`of ${size} messages before a reported one, and after it, ${count}`, async () => {
      const room = await newRoom();
      const ids: string[] = [];
      for (let at = 0; at < 2 * size + 1; at++) {
        ids.push((await ada.say(`said ${at}`, randomUUID(), room)).json<SendResult>().id);
      }
      const path = `/api/rooms/${room}/messages/${ids[size]}/reports`;
      assert.equal((await brin.call("POST", path, { reason: "spam" })).status, 201);
      const { reports } = await openReports();
      const entry = reports.find(({ message }) => message === ids[size]);
      assert.equal(entry?.messages.length, 2 * count + 1);
    });
  }

  for (const [size, count] of told(LIMITS.reportersShownMax)) {
    test(`of ${size} who reported a message ${count}`, async () => {
      const room = await newRoom();
      const { id } = (await ada.say("ugly", randomUUID(), room)).json<SendResult>();
      await brin.call("POST", `/api/rooms/${room}/messages/${id}/reports`, { reason: "spam" });
      const entry = (await openReports()).reports.find(({ message }) => message === id);
      assert.ok(entry);
      const [own] = Object.values(await store.hGetAll(keys.reporters(entry.id)));
      const others = (await newPeople(size - 1, "reporter")).flatMap((user) => [
        String(user),
        own ?? "",
      ]);
      await store.hSet(keys.reporters(entry.id), others);
      const again = (await openReports()).reports.find((each) => each.id === entry.id);
      assert.equal(again?.reports.length, count);
    });
  }
});
