/** How a room's bans, mutes, roles and kind lie in Redis. */
import { z } from "zod";
import type { RoomId, RoomKind, RoomRole } from "#protocol/room.ts";
import { GENERAL } from "#protocol/room.ts";
import type { Outcome, StoredBan } from "#server/core/rooms/room-store.ts";

const BAN = z.object({ until: z.number(), reason: z.string(), by: z.number() });
const MUTE = z.object({ until: z.number() });

const OUTCOMES: ReadonlySet<unknown> = new Set<Outcome>([
  "done",
  "unchanged",
  "not-found",
  "not-allowed",
  "banned",
  "unavailable-person",
  "too-many-rooms",
]);

export function readBan(json: string): StoredBan {
  const { until, reason, by } = BAN.parse(JSON.parse(json));
  return { until, reason, by };
}

/** Until when, unless that is over. */
export function activeMute(json: string): number | undefined {
  const { until } = MUTE.parse(JSON.parse(json));
  return until === 0 || until > Date.now() / 1000 ? until : undefined;
}

export function isOutcome(value: unknown): value is Outcome {
  return OUTCOMES.has(value);
}

export function roleOf(role: string): RoomRole {
  return role === "moderator" ? "moderator" : "member";
}

/** General, and the chats of the tutorial, were made without a word of their kind. */
export function kindOf(id: RoomId, kind: string | null | undefined): RoomKind {
  if (kind === "open" || kind === "closed" || kind === "private") return kind;
  return id === GENERAL ? "general" : "private";
}
