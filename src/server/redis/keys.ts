/**
 * The names of all keys: the tutorial's verbatim, and companions that carry the tutorial's key in
 * braces.
 */
import type { RoomId } from "#protocol/room.ts";
import type { SessionId } from "#server/core/people/session-store.ts";

/**
 * Companions hash to the slot of the key they go with, so one script may change both. That holds
 * only while no id contains a brace; ids are numbers, checked shapes (`isRoomId`, `cidProblem`) and
 * digests.
 */
export const keys = {
  totalUsers: "total_users",
  onlineUsers: "online_users",
  /** Every server, by the end of its lease. */
  presenceServers: "{online_users}:servers",
  /** How many servers each person is at. */
  presenceCounts: "{online_users}:counts",
  peopleAt: (server: string) => `{online_users}:at:${server}`,
  /** All canonical names, to be found by how they begin. */
  usernames: "usernames",
  username: (canonical: string) => `username:${canonical}`,
  user: (id: number | string) => `user:${id}`,
  /** Ids of all owners: the last one stays one. */
  owners: "owners",
  /** Ids of all bots that admins made, and of those that are called when somebody speaks to them. */
  bots: "bots",
  calledBots: "bots:called",
  /** Calls of bots by the ms they are due at, and how often each was tried. */
  callbacks: "callbacks",
  callbackTries: "callbacks:tries",
  userRooms: (id: number | string) => `user:${id}:rooms`,
  /** Last id of a room that people made. */
  totalRooms: "total_rooms",
  /** Rooms that anyone may join, and that are not archived. */
  openRooms: "open_rooms",
  room: (id: RoomId) => `room:${id}`,
  roomName: (id: RoomId) => `room:${id}:name`,
  roomMeta: (id: RoomId) => `{room:${id}}:meta`,
  roomMembers: (id: RoomId) => `{room:${id}}:members`,
  roomReads: (id: RoomId) => `{room:${id}}:reads`,
  roomPins: (id: RoomId) => `{room:${id}}:pins`,
  roomBans: (id: RoomId) => `{room:${id}}:bans`,
  /** Ids of the bots that say what is posted to the room's webhooks. */
  roomWebhooks: (id: RoomId) => `{room:${id}}:webhooks`,
  roomChanges: (id: RoomId) => `{room:${id}}:changes`,
  sent: (id: RoomId, user: number, cid: string) => `{room:${id}}:sent:${user}:${cid}`,
  userSessions: (id: number | string) => `{user:${id}}:sessions`,
  session: (id: SessionId) => `session:${id}`,
  throttle: (subject: string) => `throttle:${subject}`,
  /** Says that the people here are the demo's. */
  demo: "klatch:demo",
  /** Tells this Redis from every other one, and from itself without its data: a random id. */
  instance: "klatch:instance",
  /** Written by the readiness probe of each server. */
  probe: (server: string) => `klatch:probe:${server}`,
} as const;
