/**
 * The names of all keys: the tutorial's verbatim, and companions that carry the tutorial's key in
 * braces.
 */
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { SessionId } from "#server/core/people/session-store.ts";

/** Two sets of people that are kept alike; each key is also the channel of its news. */
export type PresenceKind = "online_users" | "active_users";

/**
 * Companions hash to the slot of the key they go with, so one script may change both. That holds
 * only while no id contains a brace; ids are numbers, checked shapes (`isRoomId`, `cidProblem`) and
 * digests.
 */
export const keys = {
  totalUsers: "total_users",
  onlineUsers: "online_users",
  /** Of these, those who have touched a device lately. */
  activeUsers: "active_users",
  /** Every server, by the end of its lease. */
  presenceServers: (kind: PresenceKind) => `{${kind}}:servers`,
  /** How many servers each person is at. */
  presenceCounts: (kind: PresenceKind) => `{${kind}}:counts`,
  peopleAt: (kind: PresenceKind, server: string) => `{${kind}}:at:${server}`,
  /** What a person wants to be told, and lets others see. */
  preferences: (id: number | string) => `{user:${id}}:preferences`,
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
  /** Rooms they have been in, and are not now. */
  userLeft: (id: number | string) => `user:${id}:left`,
  /** Ids of those who deleted their account. */
  deletedUsers: "deleted_users",
  /** Those of them for whom not everything is cleared up yet; and which server is at it. */
  leaving: "klatch:leaving",
  leavingLease: (id: number) => `klatch:leaving:${id}`,
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
  /** Who may say nothing in it, until when. */
  roomMutes: (id: RoomId) => `{room:${id}}:mutes`,
  /** Of a chat of two: who of them blocks the other. */
  roomBlocks: (id: RoomId) => `{room:${id}}:blocks`,
  /** Ids of the bots that say what is posted to the room's webhooks. */
  roomWebhooks: (id: RoomId) => `{room:${id}}:webhooks`,
  /** What servers of other kinds wrote there and was refused. */
  roomAside: (id: RoomId) => `{room:${id}}:aside`,
  roomChanges: (id: RoomId) => `{room:${id}}:changes`,
  sent: (id: RoomId, user: number, cid: string) => `{room:${id}}:sent:${user}:${cid}`,
  /** Whom a person blocks, and since when; and who blocks them. */
  userBlocks: (id: number | string) => `{user:${id}}:blocks`,
  userBlockers: (id: number | string) => `{user:${id}}:blockers`,
  /** One's picture, under its hash. */
  userPicture: (id: number | string) => `{user:${id}}:picture`,
  userSessions: (id: number | string) => `{user:${id}}:sessions`,
  /** Links that sign a person in, by their end. */
  userLinks: (id: number | string) => `{user:${id}}:links`,
  signInLink: (digest: string) => `sign-in-link:${digest}`,
  /** What admins have set. */
  settings: "klatch:settings",
  /** Invitations that can be used, by their end. */
  invitations: "invitations",
  invitation: (digest: string) => `invitation:${digest}`,
  session: (id: SessionId) => `session:${id}`,
  /** What all keys of reports begin with: the last id, the queues, entries, who reported, and of what. */
  reports: "{reports}:",
  totalReports: "{reports}:total",
  reportsOpen: "{reports}:open",
  reportsClosed: "{reports}:closed",
  report: (id: number | string) => `{reports}:entry:${id}`,
  reporters: (id: number | string) => `{reports}:by:${id}`,
  reportOf: (room: RoomId, message: Position) => `{reports}:of:${room}:${message}`,
  /** Reports of strangers: all that is kept of any, for thirty days; and their ids in order. */
  strangerReport: (id: string) => `stranger_report:${id}`,
  strangerReports: "stranger_reports",
  throttle: (subject: string) => `throttle:${subject}`,
  /** Held by the server that looks at all rooms for what others wrote. */
  bridgeTurn: "klatch:bridge:turn",
  /** Servers at the bridge, by the end of their lease. */
  bridges: "klatch:bridge:servers",
  /** Of whom servers of other kinds were told that they are online. */
  toldOnline: "{online_users}:told",
  /** Says that the people here are the demo's. */
  demo: "klatch:demo",
  /** Tells this Redis from every other one, and from itself without its data: a random id. */
  instance: "klatch:instance",
  /** Written by the readiness probe of each server. */
  probe: (server: string) => `klatch:probe:${server}`,
} as const;
