/** The chat: what a member can do in a room, whichever way the command came. */
import type { ChangeResult, JoinResult, SendResult } from "#protocol/commands.ts";
import type { HistoryPage } from "#protocol/api.ts";
import type { Call, Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { LIMITS } from "#protocol/limits.ts";
import { cidProblem, textProblem } from "#protocol/message.ts";
import { comparePositions, isPosition } from "#protocol/position.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import { accessMessage, accessRoom } from "#server/core/access/room-access.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import { ChatError, archived, notFound } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Cursor } from "#server/core/delivery/cursor.ts";
import type { MessageLog, Slice } from "#server/core/delivery/message-log.ts";
import { hindered } from "./hindered.ts";
import type { Mentions } from "./mentions.ts";
import { TokenBucket } from "#server/core/token-bucket.ts";

/** Buckets kept before the full ones are thrown out. */
const BUCKETS_MAX = 10_000;

interface Parts {
  readonly log: MessageLog;
  readonly accounts: AccountStore;
  readonly clock: Clock;
  /** Without it nobody is named by a text. */
  readonly mentions?: Pick<Mentions, "named" | "mayCall">;
}

/** What a message may say besides its text. */
export interface Extras {
  readonly replyTo?: Position | undefined;
  readonly calls?: Call | undefined;
}

export class Chat {
  readonly #parts: Parts;
  readonly #sending = new Map<number, TokenBucket>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Stores a message and tells everyone in the room. Safe to repeat with the same `cid`. */
  async send(
    user: Person,
    room: RoomId,
    { cid, text, replyTo, calls }: { readonly cid: string; readonly text: string } & Extras,
  ): Promise<SendResult> {
    const access = accessRoom(user, room);
    const problem = cidProblem(cid);
    if (problem !== undefined) throw new ChatError("bad-request", problem);
    const refusal = textProblem(text);
    if (refusal !== undefined) throw new ChatError("message-not-allowed", refusal);
    if (replyTo !== undefined && !isPosition(replyTo)) throw nothingToAnswer();
    this.#slowDown(user.id);
    const { log, mentions } = this.#parts;
    if (calls !== undefined) await mentions?.mayCall(access, calls, text);
    const named = await mentions?.named(access, text);
    const draft = { cid, text, replyTo, mentions: named, calls };
    const appended = await log.append(access, draft);
    switch (appended.kind) {
      case "stored":
        return { id: appended.id, date: Number.parseInt(appended.id, 10) };
      case "not-member":
        throw notFound();
      case "archived":
        throw archived();
      case "muted":
      case "blocked":
        throw hindered(appended);
      case "nothing-to-answer":
        throw nothingToAnswer();
      case "read-only":
        throw new ChatError("not-allowed", "Only moderators can say something in this room.");
      case "cid-reused":
        throw new ChatError("cid-reused", "This cid already belongs to another message of yours.");
    }
  }

  /** Replaces the text of an own message. */
  async edit(user: Person, room: RoomId, id: Position, text: string): Promise<ChangeResult> {
    const refusal = textProblem(text);
    if (refusal !== undefined) throw new ChatError("message-not-allowed", refusal);
    return this.#change(user, room, id, text);
  }

  /** Deletes an own message: its text goes, its place stays. */
  remove(user: Person, room: RoomId, id: Position): Promise<ChangeResult> {
    return this.#change(user, room, id, undefined);
  }

  async #change(user: Person, room: RoomId, message: Position, text: string | undefined) {
    const access = accessMessage(user, room, message);
    this.#slowDown(user.id);
    const mentions = text === undefined ? [] : await this.#parts.mentions?.named(access, text);
    const change = { text, ...(mentions && { mentions }) };
    const changed = await this.#parts.log.change(access, change);
    if (changed.kind === "archived") throw archived();
    if (changed.kind === "not-found") throw notFound();
    if (changed.kind !== "changed") throw hindered(changed);
    return { id: changed.id };
  }

  /** A page of history for a member. */
  async page(user: Person, room: RoomId, cursor: Cursor, limit: number): Promise<HistoryPage> {
    const access = accessRoom(user, room);
    if (cursor.at !== "newest" && !isPosition(cursor.id)) {
      throw new ChatError(
        "bad-request",
        "A cursor is the id of a message, like 1615480369.000123.",
      );
    }
    const slice = await this.#parts.log.page(access, cursor, limit);
    if (slice === undefined) throw notFound();
    const { messages } = slice;
    const first = slice.older ? messages.at(0) : undefined;
    const last = slice.newer ? messages.at(-1) : undefined;
    return {
      messages,
      ...(first && { before: first.id }),
      ...(last && { after: last.id }),
      people: await this.#authors(messages),
    };
  }

  /** The rooms a person is in. */
  rooms(user: Person): Promise<readonly RoomId[]> {
    return this.#parts.accounts.rooms(accessOwn(user));
  }

  /** Refuses who is no member of the room, as if it were not there. */
  async mustBeMember(user: Person, room: RoomId): Promise<void> {
    if (!(await this.#parts.log.isMember(accessRoom(user, room)))) throw notFound();
  }

  /**
   * What a member who holds everything up to `since` needs to be up to date. The caller hears the
   * room already.
   */
  async catchUp(user: Person, room: RoomId, since: Position | undefined): Promise<JoinResult> {
    const access = accessRoom(user, room);
    const { log } = this.#parts;
    if (since === undefined) return this.#newest(access, "limited", await log.head(access));
    if (!isPosition(since)) throw new ChatError("bad-request", "since must be a position.");
    const missed = await log.missed(access, since, LIMITS.catchUpEventsMax);
    switch (missed.kind) {
      case "not-member":
        throw notFound();
      case "recovered":
        return {
          state: "recovered",
          messages: missed.messages,
          ...(missed.changes.length > 0 && { changes: missed.changes }),
          position: missed.head,
          people: await this.#authors([...missed.messages, ...missed.changes]),
        };
      case "gone":
        return this.#newest(access, "limited", missed.head);
      case "fork":
        return this.#newest(access, "fork", missed.head);
    }
  }

  /** Who these people are, for anyone who is signed in: everybody shares General. */
  people(ids: readonly number[]): Promise<readonly Person[]> {
    return this.#parts.accounts.people(ids);
  }

  async #newest(
    access: RoomAccess,
    state: "limited" | "fork",
    head: Position,
  ): Promise<JoinResult> {
    const slice: Slice | undefined = await this.#parts.log.page(
      access,
      { at: "newest" },
      LIMITS.pageMessagesDefault,
    );
    if (slice === undefined) throw notFound();
    const { messages, older } = slice;
    const first = older ? messages.at(0) : undefined;
    // The head was read before the page, and may be a change's: either can be the later one.
    const last = messages.at(-1)?.id;
    return {
      state,
      messages,
      position: last !== undefined && comparePositions(last, head) > 0 ? last : head,
      ...(first && { before: first.id }),
      people: await this.#authors(messages),
    };
  }

  async #authors(messages: readonly Message[]): Promise<readonly Person[]> {
    const ids = new Set(messages.map(({ from }) => from));
    return ids.size === 0 ? [] : this.#parts.accounts.people([...ids]);
  }

  #slowDown(user: number): void {
    let bucket = this.#sending.get(user);
    if (bucket === undefined) {
      if (this.#sending.size >= BUCKETS_MAX) this.#forgetFull();
      bucket = new TokenBucket(this.#parts.clock, LIMITS.sendBurst, LIMITS.sendPerSecond);
      this.#sending.set(user, bucket);
    }
    const waitMs = bucket.take();
    if (waitMs > 0) {
      throw new ChatError("too-many-requests", "You are sending very fast. Please wait.", waitMs);
    }
  }

  #forgetFull(): void {
    for (const [user, bucket] of this.#sending) if (bucket.isFull) this.#sending.delete(user);
  }
}

function nothingToAnswer(): ChatError {
  return new ChatError("message-not-allowed", "The message that this one answers is not there.");
}
