/** The surfaces on which something can be seen or done, and how to find out whether it still can. */
import { randomUUID } from "node:crypto";
import type { RoomId, RoomsResult } from "#protocol/room.ts";
import { GENERAL } from "#protocol/room.ts";
import type { Stream } from "#test/support/event-stream.ts";
import type { Line, Member } from "#test/support/member.ts";
import type { Round, Scene } from "./scene.ts";
import { PICTURE, isOver } from "./scene.ts";

/** A column of the table. */
export type Surface = keyof typeof SURFACES;

/** Whether something can be seen or done there, a moment after this round. */
type Look = (scene: Scene, round: Round) => Promise<boolean> | boolean;

export const SURFACES = {
  "frames of the socket": ({ line, room }, { text }) => hears(line, room, text),
  "notices over the socket": ({ line, room }, { notices }) =>
    line.notices.slice(notices).some((each) => each.room === room && each.gone === undefined),
  "commands on the open socket": ({ line, room }, { text }) =>
    isDone(line, "send", { room, cid: randomUUID(), message: `answer to ${text}` }),
  "a moderator's commands": ({ line, room, said }) =>
    isDone(line, "pin", { room, id: said.inRoom }),
  "an admin's commands": ({ line, said }) =>
    isDone(line, "pin", { room: GENERAL, id: said.inGeneral }),
  "the event stream": ({ stream, room }, { text }) =>
    !streamHasLost(stream, room) || stream.text.includes(`"message":"${text}"`),
  "pages of history": ({ victim, room }) => isGiven(victim, `/api/rooms/${room}/messages`),
  "a link to a message": ({ victim, room, said }) =>
    isGiven(victim, `/api/rooms/${room}/messages?around=${said.inRoom}`),
  "the list of rooms": async ({ victim, room }) => {
    const answer = await victim.call("GET", "/api/rooms");
    return answer.status === 200 && answer.json<RoomsResult>().rooms.some(({ id }) => id === room);
  },
  "pictures of people": ({ victim, world }) =>
    isGiven(victim, `/api/people/${world.ada.me.id}/picture/${PICTURE}`),
  "a moderator's pages": ({ victim, room }) => isGiven(victim, `/api/rooms/${room}/bans`),
  "an admin's pages": ({ victim }) => isGiven(victim, "/api/admin/people"),
  "frames to a bot": ({ botLine, room }, { text }) => hears(botLine, room, text),
  "commands of a bot": ({ botLine, room }, { text }) =>
    isDone(botLine, "send", { room, cid: randomUUID(), message: `beep to ${text}` }),
  "pages for a bot": ({ bot, room }) => isGiven(bot, `/api/rooms/${room}/messages`),
  "a bot's powers": ({ bot, room }) => isGiven(bot, `/api/rooms/${room}/bans`),
  "posting to a webhook": async ({ webhook }, { text }) => {
    const body = new URLSearchParams({ payload: JSON.stringify({ text: `posted at ${text}` }) });
    return (await fetch(webhook.address, { method: "POST", body })).status === 200;
  },
} as const satisfies Readonly<Record<string, Look>>;

/** Whether it was told that it hears the room no more, or nothing at all. */
export function hasLost(line: Line, room: RoomId): boolean {
  return isOver(line) || line.notices.some((each) => each.room === room && each.gone);
}

export function streamHasLost(stream: Stream, room: RoomId): boolean {
  return stream.isEnded || stream.text.includes(`{"room":"${room}","gone":true}`);
}

/** What has ended has also been told: silence alone might be luck. */
function hears(line: Line, room: RoomId, text: string): boolean {
  return !hasLost(line, room) || line.texts().includes(text);
}

async function isGiven(member: Member, path: string): Promise<boolean> {
  return (await member.call("GET", path)).status === 200;
}

/** Asks, unless the connection ends before it is answered. */
async function isDone(line: Line, command: string, payload: object): Promise<boolean> {
  if (isOver(line)) return false;
  const over = line.until(() => isOver(line), "the end");
  const answer = line.ask<object>(command, payload);
  const isAnswered = answer.then((found) => !("error" in found));
  return Promise.race([isAnswered, over.then(() => false)]).catch(() => false);
}

// oxlint-disable-next-line no-unsafe-type-assertion -- because these are its keys
export const ALL = Object.keys(SURFACES) as Surface[];

/** The surfaces that are open after this round. */
export async function look(scene: Scene, round: Round): Promise<ReadonlySet<Surface>> {
  const found = ALL.map(async (surface) => SURFACES[surface](scene, round));
  const isOpen = await Promise.all(found);
  return new Set(ALL.filter((_, at) => isOpen[at]));
}
