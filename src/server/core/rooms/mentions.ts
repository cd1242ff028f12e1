/** Mentions: whom a text means, of those who are in the room. */
import type { Call } from "#protocol/message.ts";
import { namesIn } from "#protocol/message.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import { LIMITS } from "#protocol/limits.ts";
import { canonicalUsername } from "#protocol/username.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { RoomStore } from "./room-store.ts";

interface Parts {
  readonly accounts: Pick<AccountStore, "find">;
  readonly rooms: Pick<RoomStore, "membersAmong" | "room">;
}

export class Mentions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Ids of the members of the room whom this text names, each once, in its order; the first 20
   * names count.
   */
  async named(access: RoomAccess, text: string): Promise<readonly number[]> {
    const names = namesIn(text).slice(0, LIMITS.mentionsMax);
    if (names.length === 0) return [];
    const canonical = [...new Set(names.map(canonicalUsername))];
    const found = await Promise.all(canonical.map((name) => this.#parts.accounts.find(name)));
    const people = found.flatMap((account) => (account === undefined ? [] : [account.id]));
    return this.#parts.rooms.membersAmong(access, people);
  }

  /** Refuses who may not call everybody in this room. */
  async mayCall(access: RoomAccess, call: Call, text: string): Promise<void> {
    if (!namesIn(text).includes(call)) {
      throw new ChatError("message-not-allowed", `A message that calls everybody says @${call}.`);
    }
    const own = await this.#parts.rooms.room(access);
    if (own === undefined) throw notFound();
    if (own.members <= LIMITS.callPeopleMax || own.role === "moderator") return;
    const most = LIMITS.callPeopleMax;
    throw new ChatError(
      "not-allowed",
      `In a room of more than ${most} people only its moderators call everybody.`,
    );
  }
}
