/**
 * Somebody of whom something will be taken, and every way in which they reach Klatch: an admin in a
 * room that they moderate, a bot and a webhook there, and connections of both.
 */
import assert from "node:assert/strict";
import { accessOwn } from "#server/core/access/person-access.ts";
import { accessMember } from "#server/core/access/room-access.ts";
import type { NewBotResult } from "#protocol/bot.ts";
import type { SendResult } from "#protocol/commands.ts";
import type { RoomId } from "#protocol/room.ts";
import { GENERAL } from "#protocol/room.ts";
import type { NewWebhookResult } from "#protocol/webhook.ts";
import { RedisProfileStore } from "#server/redis/people/redis-profile-store.ts";
import { RedisRoomStore } from "#server/redis/rooms/redis-room-store.ts";
import { Stream } from "#test/support/event-stream.ts";
import type { Line } from "#test/support/member.ts";
import { Member } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";
import type { World } from "./world.ts";

/** What Ada's picture is called. */
export const PICTURE = "0123456789abcdef0123456789abcdef";

export interface Scene extends AsyncDisposable {
  readonly world: World;
  readonly room: RoomId;
  /** At the far server. */
  readonly victim: Member;
  /** The same person on another device, at the near server. */
  readonly elsewhere: Member;
  /** A moderator of the room, too; at the far server. */
  readonly bot: Member;
  readonly webhook: NewWebhookResult;
  /** Somebody else in the room, at the near server. */
  readonly speaker: Member;
  /** What they have said in the room, and in General. */
  readonly said: Readonly<Record<"inRoom" | "inGeneral", string>>;
  readonly line: Line;
  readonly stream: Stream;
  readonly botLine: Line;
  readonly witness: Line;
}

export async function setScene(world: World): Promise<Scene> {
  const { ada, brin, far, near } = world;
  const elsewhere = await world.person();
  const victim = (await world.again(elsewhere)).at(far.url);
  const room = await makeRoom(world);
  const { bot, token } = await made<NewBotResult>(ada, "/api/admin/bots", {
    username: `${victim.me.username}Bot`,
    scopes: ["read", "write", "rooms"],
  });
  const program = new Member(far.url, { ...bot, role: "bot" }, token);
  const rooms = new RedisRoomStore(world.store);
  const speaker = await world.person();
  for (const { me } of [brin, speaker, victim, program])
    await rooms.add(accessMember(ada.me, room, me.id));
  await rooms.add(accessMember(ada.me, GENERAL, bot.id));
  for (const { me } of [victim, program])
    await rooms.setRole(accessMember(ada.me, room, me.id), "moderator");
  await ada.call("PUT", `/api/admin/people/${victim.me.id}/role`, { role: "admin" });
  const webhook = await made<NewWebhookResult>(ada, `/api/rooms/${room}/webhooks`, {
    name: `${victim.me.username}Hook`,
  });
  const say = async (where: RoomId) =>
    (await speaker.say("first", undefined, where)).json<SendResult>().id;
  const said = { inRoom: await say(room), inGeneral: await say(GENERAL) };
  const [line, botLine, witness] = await Promise.all(
    [victim, program, brin].map((each) => each.connect()),
  );
  assert.ok(line !== undefined && botLine !== undefined && witness !== undefined);
  for (const each of [line, botLine, witness]) {
    await Promise.all([each.join(undefined, room), each.join(undefined, GENERAL)]);
  }
  const stream = await Stream.open(victim, `?rooms=${room},${GENERAL}`);
  await stream.until(2);
  const address = webhook.address.replace(near.url, far.url);
  return {
    world,
    room,
    victim,
    elsewhere,
    bot: program,
    webhook: { ...webhook, address },
    speaker,
    said,
    line,
    stream,
    botLine,
    witness,
    [Symbol.asyncDispose]: async () => {
      const all = [line, stream, botLine, witness];
      await Promise.all(all.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

/** What has just been said, and how many notices there were before that. */
export interface Round {
  readonly text: string;
  readonly notices: number;
}

/**
 * Lets `text` be said in the room and be its topic; then something in General. Resolves when whoever
 * still hears anything has heard the last of it, and so all that came before.
 */
export async function tick({ world, room, ...scene }: Scene, text: string): Promise<Round> {
  const notices = scene.line.notices.length;
  await scene.speaker.say(text, undefined, room);
  await world.ada.call("PATCH", `/api/rooms/${room}`, { topic: text });
  const end = `${text} is said`;
  assert.equal((await scene.speaker.say(end)).status, 201);
  const isDone = (line: Line) => isOver(line) || line.texts().includes(end);
  const lines = [scene.witness, scene.line, scene.botLine];
  const { stream } = scene;
  await until(() => lines.every(isDone) && (stream.isEnded || stream.text.includes(end)), {
    what: `all have heard that ${end}`,
    everyMs: 5,
  });
  assert.ok(scene.witness.texts().includes(end), "the witness hears");
  return { text, notices };
}

/** Whether nothing more can be said over it. */
export function isOver(line: Line): boolean {
  return line.closing !== undefined || !line.socket.connected;
}

/** Beside the limit of rooms that one person makes. */
async function makeRoom({ store, ada }: World): Promise<RoomId> {
  const draft = { kind: "closed", name: "Scene", topic: "" } as const;
  const room = await new RedisRoomStore(store).create(accessOwn(ada.me), draft);
  assert.ok(room !== undefined);
  const picture = { hash: PICTURE, bytes: new Uint8Array([1, 2, 3]) };
  await new RedisProfileStore(store).setPicture(accessOwn(ada.me), picture);
  return room;
}

async function made<T>(by: Member, path: string, body: object): Promise<T> {
  const answer = await by.call("POST", path, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json<T>();
}
