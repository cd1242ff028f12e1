/** Marks: reactions to messages, and pins. */
import type { ChangeResult } from "#protocol/commands.ts";
import type { Message } from "#protocol/message.ts";
import { isEmoji } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { MessageAccess } from "#server/core/access/room-access.ts";
import { accessMessage, accessRoom } from "#server/core/access/room-access.ts";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError, archived, notFound } from "#server/core/chat-error.ts";
import { hindered } from "./hindered.ts";
import type { Mark, MarkStore, Marked } from "./mark-store.ts";

export class Marks {
  readonly #store: MarkStore;

  constructor(store: MarkStore) {
    this.#store = store;
  }

  /** Adds a reaction of this person, or takes it back; repeated, it changes nothing. */
  async react(
    user: Person,
    room: RoomId,
    message: Position,
    { emoji, isOn }: { readonly emoji: string; readonly isOn: boolean },
  ): Promise<ChangeResult> {
    if (!isEmoji(emoji)) throw new ChatError("bad-request", "A reaction is one emoji.");
    return this.#mark(accessMessage(user, room, message), { emoji, isOn });
  }

  /** Pins a message, or takes the pin off: a moderator, or in a private chat anyone. */
  async pin(user: Person, room: RoomId, message: Position, isOn: boolean): Promise<ChangeResult> {
    return this.#mark(accessMessage(user, room, message), { emoji: undefined, isOn });
  }

  /** The pinned messages, newest first. */
  async pins(user: Person, room: RoomId): Promise<readonly Message[]> {
    const found = await this.#store.pins(accessRoom(user, room));
    if (found === undefined) throw notFound();
    return found;
  }

  async #mark(access: MessageAccess, mark: Mark): Promise<ChangeResult> {
    const marked = await this.#store.mark(access, mark);
    if (marked.kind === "changed" || marked.kind === "unchanged") return { id: marked.id };
    if (marked.kind === "muted" || marked.kind === "blocked") throw hindered(marked);
    throw refusal(marked.kind, mark);
  }
}

function refusal(
  kind: Exclude<Marked["kind"], "changed" | "unchanged" | "muted" | "blocked">,
  { emoji }: Mark,
): ChatError {
  switch (kind) {
    case "archived":
      return archived();
    case "not-found":
      return notFound();
    case "not-allowed":
      return new ChatError("not-allowed", "Only moderators pin messages in this room.");
    case "too-many": {
      const { reactionsPerPersonMax: mine, reactionsMax: all, pinsMax } = LIMITS;
      const reactions = `A person has up to ${mine} reactions to a message, which has up to ${all} different ones.`;
      const pins = `A room has up to ${pinsMax} pinned messages; take one off first.`;
      return new ChatError("too-many-marks", emoji === undefined ? pins : reactions);
    }
  }
}
