/**
 * What servers tell each other over the bus, read without trust: junk on a channel is counted and
 * dropped.
 */
import type { BlocksNotice } from "#protocol/blocks.ts";
import type { RoomEvent } from "#protocol/events.ts";
import { isPosition } from "#protocol/position.ts";
import type { RoomsNotice, TypingNotice } from "#protocol/commands.ts";
import type { PeopleNotice } from "#protocol/person.ts";
import type { PresenceChange } from "#protocol/presence.ts";
import type { BusListener, Topic } from "./bus.ts";
import { ACTIVITY, PEOPLE, PRESENCE } from "./bus.ts";
import type { Hub } from "./hub.ts";
import type { Attendance } from "#server/core/people/attendance.ts";
import type { PeopleNews } from "#server/core/people/people-news.ts";
import type { Presence } from "#server/core/people/presence.ts";
import type { RoomWatch } from "#server/core/rooms/room-watch.ts";
import type { SessionId } from "#server/core/people/session-store.ts";
import type { Typing } from "#server/core/rooms/typing.ts";
import type { SessionWatch } from "#server/core/people/session-watch.ts";

/** On a user's topic: a session has ended. */
export interface SessionEnded {
  readonly type: "session-ended";
  readonly session: SessionId;
}

export const sessionEnded = (session: SessionId): string =>
  JSON.stringify({ type: "session-ended", session } satisfies SessionEnded);

/** On a user's topic: what the person wants to be told, or lets others see, is another. */
export const preferencesChanged = JSON.stringify({ type: "preferences" });

interface Parts {
  readonly hub: Hub;
  readonly watch: SessionWatch;
  readonly typing: Pick<Typing, "heard">;
  readonly presence: Pick<Presence, "heard" | "refresh">;
  readonly activity: Pick<Presence, "heard" | "refresh">;
  readonly news: Pick<PeopleNews, "heard">;
  readonly attendance: Pick<Attendance, "look" | "refresh">;
  readonly rooms: Pick<
    RoomWatch,
    "heard" | "heardBlocks" | "heardPreferences" | "heardRead" | "recheck"
  >;
  /** The beacon of this server came back. */
  readonly onBeacon: (payload: string) => void;
  /** Something on a channel could not be read. */
  readonly onJunk: (topic: Topic) => void;
}

/** Sorts what the bus brings: room events to the hub, ended sessions to the watch. */
export function listenToBus({
  hub,
  watch,
  typing,
  presence,
  activity,
  news,
  attendance,
  rooms,
  onBeacon,
  onJunk,
}: Parts): BusListener {
  return {
    heard(topic, payload) {
      if (topic === PRESENCE || topic === ACTIVITY) {
        const change = parse(payload);
        const whose = topic === PRESENCE ? presence : activity;
        return isPresenceChange(change) ? whose.heard(change) : onJunk(topic);
      }
      if (topic === PEOPLE) {
        const notice = parse(payload);
        return isPeopleNotice(notice) ? news.heard(notice) : onJunk(topic);
      }
      const [kind, id] = split(topic);
      if (kind === "server") return onBeacon(payload);
      const event = parse(payload);
      if (kind === "room" && isTyping(event) && event.room === id) {
        return typing.heard({ room: id, user: event.user }, event.unheardBy);
      }
      if (kind === "room" && isRoomEvent(event) && event.room === id) return hub.heard(id, event);
      if (kind === "user" && isSessionEnded(event)) return watch.ended(Number(id), event.session);
      if (kind === "user" && isReadNotice(event)) {
        const { type, room, position } = event;
        return rooms.heardRead(Number(id), type, { room, position });
      }
      if (kind === "user" && payload === preferencesChanged) {
        void attendance.look(Number(id));
        return rooms.heardPreferences(Number(id));
      }
      if (kind === "user" && isBlocksNotice(event)) {
        return rooms.heardBlocks(Number(id), { user: event.user, blocked: event.blocked });
      }
      if (kind === "user" && isRoomsNotice(event)) return rooms.heard(Number(id), noticeOf(event));
      return onJunk(topic);
    },
    restored() {
      void hub.checkAll();
      void watch.recheck();
      void presence.refresh();
      void activity.refresh();
      void attendance.refresh();
      void rooms.recheck();
    },
  };
}

const CHANGES: ReadonlySet<unknown> = new Set(["edit", "delete", "reaction", "pin"]);

function split(topic: Topic): [kind: string, id: string] {
  const colon = topic.indexOf(":");
  return [topic.slice(0, colon), topic.slice(colon + 1)];
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isRoomEvent(value: unknown): value is RoomEvent {
  if (!isRecord(value) || typeof value["room"] !== "string") return false;
  const { type, id, prev, data } = value;
  if (typeof id !== "string" || typeof prev !== "string" || !isRecord(data)) return false;
  if (!isPosition(id) || !isPosition(prev)) return false;
  return type === "message" ? data["id"] === id : CHANGES.has(type);
}

function isRoomsNotice(value: unknown): value is RoomsNotice {
  return isRecord(value) && value["type"] === "rooms" && typeof value["room"] === "string";
}

function isTyping(
  value: unknown,
): value is TypingNotice & { readonly unheardBy: readonly number[] } {
  if (!isRecord(value) || value["type"] !== "typing") return false;
  return Number.isSafeInteger(value["user"]) && isIds(value["unheardBy"]);
}

function isIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isSafeInteger(id));
}

function isBlocksNotice(value: unknown): value is BlocksNotice {
  if (!isRecord(value) || value["type"] !== "blocks") return false;
  return Number.isSafeInteger(value["user"]) && typeof value["blocked"] === "boolean";
}

function isReadNotice(
  value: unknown,
): value is { readonly type: "read" | "seen"; readonly room: string; readonly position: string } {
  if (!isRecord(value) || (value["type"] !== "read" && value["type"] !== "seen")) return false;
  return typeof value["room"] === "string" && typeof value["position"] === "string";
}

function noticeOf({ room, gone }: RoomsNotice): RoomsNotice {
  return gone === true ? { room, gone } : { room };
}

function isPresenceChange(value: unknown): value is PresenceChange {
  if (!isRecord(value)) return false;
  return [value["online"], value["offline"]].every(isIds);
}

function isPeopleNotice(value: unknown): value is PeopleNotice {
  return isRecord(value) && [value["changed"], value["came"]].every(isIds);
}

function isSessionEnded(value: unknown): value is SessionEnded {
  return (
    isRecord(value) && value["type"] === "session-ended" && typeof value["session"] === "string"
  );
}
