/** The client library's public face. */
export type { HistoryPage, Me } from "#protocol/api.ts";
export type { CommandError, ErrorCode } from "#protocol/errors.ts";
export type { MessageEvent, RoomEvent } from "#protocol/events.ts";
export type { Message } from "#protocol/message.ts";
export type { Person } from "#protocol/person.ts";
export type { Position } from "#protocol/position.ts";
export type { RoomId } from "#protocol/room.ts";
export { Klatch } from "./client.ts";
export type { KlatchOptions } from "./client.ts";
export type * from "./environment.ts";
export { KlatchError } from "./error.ts";
export type { ClosedWhy, LinkState } from "./link.ts";
export { MemoryStore } from "./outbox/outbox-store.ts";
export type { Extras, OutboxStore, Unsent } from "./outbox/outbox-store.ts";
export { realEnvironment } from "./platform/real-environment.ts";
export type { HistoryQuery } from "./rest.ts";
export type { Room, RoomChange } from "./room/room.ts";
export type { Entry, StoredEntry } from "./room/timeline.ts";
