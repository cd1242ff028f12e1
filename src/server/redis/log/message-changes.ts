/**
 * Changes of messages on Redis: edits, deletions, reactions and pins, all by one script, in the
 * room's one order.
 */
import { LIMITS } from "#protocol/limits.ts";
import type { Message } from "#protocol/message.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import { unavailable } from "#server/core/chat-error.ts";
import type { Mark, MarkStore, Marked } from "#server/core/rooms/mark-store.ts";
import type { Change, Changed } from "#server/core/delivery/message-log.ts";
import type { MessageAccess, RoomAccess } from "#server/core/access/room-access.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { pin, react } from "./marks.ts";
import { readOne } from "./around.ts";
import { run, scripts, texts } from "#server/redis/scripts.ts";
import { changedJsonParts, markedJsonParts, readStored } from "./stored-message.ts";

/** Places of changes kept in a room; who comes back from before the oldest reloads. */
const CHANGES_MAX = 1_000;
/**
 * Many may react to the same message at once; each try that is lost is one of theirs that was
 * stored.
 */
const CHANGE_TRIES = 50;

/** What became of one try; `raced` means that somebody else was faster. */
type Tried = Marked | "raced";

interface Replacement {
  readonly by: number;
  readonly room: RoomId;
  readonly kind: "edit" | "delete" | "reaction" | "pin";
  readonly found: { readonly member: string; readonly message: Message };
  readonly parts: readonly [string, string];
  /**
   * What it takes: an admin need not be there, and who deleted their account is not; a moderator must
   * be; with "" anyone who is there may.
   */
  readonly role: "admin" | "moderator" | "gone" | "";
}

export class MessageChanges implements MarkStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Edits or deletes a message; a deletion wins over an edit that races it. */
  async change(of: MessageAccess, change: Change): Promise<Changed> {
    const tried = await untilSettled(() => this.#tryChange(of, change));
    if (tried.kind === "changed" || tried.kind === "muted") return tried;
    const { kind } = tried;
    // Another's message is answered like one that is not there.
    return { kind: kind === "archived" || kind === "blocked" ? kind : "not-found" };
  }

  /**
   * Deletes a message whose author has deleted their account. `false` if it is another by now: then it
   * has to be read again.
   */
  async erase(room: RoomId, member: string, message: Message): Promise<boolean> {
    const parts = changedJsonParts(message, undefined);
    const found = { member, message };
    const by = message.from;
    return (
      (await this.#replace({ by, room, kind: "delete", found, parts, role: "gone" })) !== "raced"
    );
  }

  mark(of: MessageAccess, mark: Mark): Promise<Marked> {
    return untilSettled(() => this.#tryMark(of, mark));
  }

  async pins(of: RoomAccess): Promise<readonly Message[] | undefined> {
    const { room, by: user } = of;
    const ids = await answered(this.#redis.zRange(keys.roomPins(room), 0, -1, { REV: true }));
    const role = await answered(this.#redis.hGet(keys.roomMembers(room), String(user)));
    if (role === null) return undefined;
    const found = await Promise.all(ids.map((id) => this.#member(of, id)));
    return found.flatMap((each) => (each === undefined ? [] : [each.message]));
  }

  /** Reads the message, and replaces it only if it still is what was read. */
  async #tryChange(of: MessageAccess, { text, mentions }: Change): Promise<Tried> {
    const { by, room, message: id, isByAdmin } = of;
    const found = await (isByAdmin ? readOne(this.#redis, room, id) : this.#member(of, id));
    const isOwn = found?.message.from === by;
    // Moderators delete what others said, but put no words into their mouths.
    if (found === undefined || (!isOwn && text !== undefined)) return { kind: "not-found" };
    const { deleted } = found.message;
    if (deleted !== undefined) {
      const isDone = text === undefined && isOwn;
      return isDone ? { kind: "changed", id: deleted } : { kind: "not-found" };
    }
    return this.#replace({
      by,
      room,
      kind: text === undefined ? "delete" : "edit",
      found,
      parts: changedJsonParts(found.message, text, mentions),
      role: isByAdmin ? "admin" : isOwn ? "" : "moderator",
    });
  }

  async #tryMark(of: MessageAccess, { emoji, isOn }: Mark): Promise<Tried> {
    const { by, room, message: id } = of;
    const found = await this.#member(of, id);
    if (found === undefined || found.message.deleted !== undefined) return { kind: "not-found" };
    const marks =
      emoji === undefined ? pin(found.message, by, isOn) : react(found.message, by, emoji, isOn);
    if (marks === "too-many") return { kind: "too-many" };
    if (marks === undefined) {
      // What is done already is no more everybody's to do than what is not.
      const mayMark = emoji !== undefined || (await this.#mayPin(room, by));
      return mayMark
        ? { kind: "unchanged", id: found.message.marked ?? id }
        : { kind: "not-allowed" };
    }
    return this.#replace({
      by,
      room,
      kind: emoji === undefined ? "pin" : "reaction",
      found,
      parts: markedJsonParts(found.message, marks),
      role: emoji === undefined && (await this.#isRoom(room)) ? "moderator" : "",
    });
  }

  async #mayPin(room: RoomId, user: number): Promise<boolean> {
    if (!(await this.#isRoom(room))) return true;
    return (await answered(this.#redis.hGet(keys.roomMembers(room), String(user)))) === "moderator";
  }

  /** Private chats have no moderators; everybody there may pin. */
  async #isRoom(room: RoomId): Promise<boolean> {
    if (room.includes(":")) return false;
    return (await answered(this.#redis.hGet(keys.roomMeta(room), "kind"))) !== "private";
  }

  /** Replaces a message only if it still is what was read. */
  async #replace({ by, room, kind, found, parts, role }: Replacement): Promise<Tried> {
    const names = [
      keys.room(room),
      keys.roomMeta(room),
      keys.roomMembers(room),
      keys.roomChanges(room),
    ];
    const { member, message } = found;
    const most = [String(CHANGES_MAX), role, keys.roomPins(room), String(LIMITS.pinsMax)];
    const hindrances = [keys.roomMutes(room), keys.roomBlocks(room)];
    const args = [String(by), room, kind, message.id, member, ...parts, ...most, ...hindrances];
    const [outcome = "", place] = texts(await run(this.#redis, scripts.change, names, args));
    if (outcome === "changed" && place !== undefined) return { kind: "changed", id: place };
    switch (outcome) {
      case "raced":
        return "raced";
      case "muted":
        return { kind: outcome, until: Number(place) };
      case "archived":
      case "blocked":
      case "not-allowed":
      case "too-many":
        return { kind: outcome };
      default:
        return { kind: "not-found" };
    }
  }

  /** One message as it lies in the log, for a member. */
  async #member({ room, by: user }: RoomAccess, id: Position) {
    const names = [keys.room(room), keys.roomMembers(room)];
    const args = [String(user), id, id, "", "10"];
    const [kind, ...pairs] = texts(await run(this.#redis, scripts.page, names, args));
    if (kind !== "page") return undefined;
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const member = pairs[i] ?? "";
      const message = readStored(member, pairs[i + 1] ?? "", room);
      if (message?.id === id) return { member, message };
    }
    return undefined;
  }
}

/** Each lost try means that another change of the same message was stored. */
async function untilSettled(act: () => Promise<Tried>): Promise<Marked> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    // oxlint-disable-next-line no-await-in-loop -- because each try is for what the one before has lost to
    const tried = await act();
    if (tried !== "raced") return tried;
  }
  throw unavailable();
}
