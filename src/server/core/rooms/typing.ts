/**
 * Typing: who is about to say something. Passed on, never kept: no key, no log, no history knows of
 * it.
 */
import type { TypingNotice } from "#protocol/commands.ts";
import type { Person } from "#protocol/person.ts";
import type { RoomId } from "#protocol/room.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import type { BlockStore } from "#server/core/people/block-store.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Bus } from "#server/core/delivery/bus.ts";
import { roomTopic } from "#server/core/delivery/bus.ts";
import type { Clock } from "#server/core/clock.ts";

/** People and rooms remembered before the old ones are thrown out. */
const TOLD_MAX = 10_000;

interface Parts {
  readonly bus: Pick<Bus, "publish">;
  readonly blocks: Pick<BlockStore, "unheardBy">;
  readonly clock: Clock;
}

type Audience = (notice: TypingNotice, unheardBy: ReadonlySet<number>) => void;

export class Typing {
  readonly #parts: Parts;
  readonly #audiences: Audience[] = [];
  /** When each person was last told to type in each room. */
  readonly #toldAt = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  addAudience(audience: Audience): void {
    this.#audiences.push(audience);
  }

  /**
   * Tells everyone in the room but those who block the person, and nobody if they could not send it;
   * more often than every two seconds it is not passed on. The caller hears the room.
   */
  async type(user: Person, room: RoomId): Promise<void> {
    const { blocks, bus, clock } = this.#parts;
    const key = `${user.id} ${room}`;
    const now = clock.now();
    const sinceMs = now - (this.#toldAt.get(key) ?? -Infinity);
    if (sinceMs >= 0 && sinceMs < LIMITS.typingEveryMs) return;
    if (this.#toldAt.size >= TOLD_MAX) this.#forget(now);
    this.#toldAt.set(key, now);
    const deaf = await blocks.unheardBy(accessRoom(user, room));
    if (deaf === "everyone") return;
    const notice = { type: "typing", room, user: user.id, unheardBy: [...deaf] };
    // Nobody misses it if it is lost.
    await bus.publish(roomTopic(room), JSON.stringify(notice));
  }

  /** From the bus; not for who blocks the person. */
  heard(notice: TypingNotice, unheardBy: readonly number[]): void {
    const deaf = new Set(unheardBy);
    for (const audience of this.#audiences) audience(notice, deaf);
  }

  #forget(now: number): void {
    for (const [key, at] of this.#toldAt) {
      if (now - at >= LIMITS.typingEveryMs) this.#toldAt.delete(key);
    }
  }
}
