/**
 * Which rooms have something new, as far as this tab knows: what was there when it was opened counts
 * as read.
 */
import { START, comparePositions } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { Room as RoomInfo, RoomId } from "#protocol/room.ts";
import { signal } from "@preact/signals";

type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;
type Seen = Readonly<Record<RoomId, Position>>;

export class Unread {
  readonly #me: number;
  readonly #memory: Memory;
  /** Newest message seen in each room; nothing before the first list is here. */
  readonly #seen;

  /** @param memory lasts as long as the tab */
  constructor(me: number, memory: Memory) {
    this.#me = me;
    this.#memory = memory;
    this.#seen = signal(recall(memory.getItem(this.#key)));
  }

  /** Takes in the list of rooms; those that come later than the first list are new as a whole. */
  hear(rooms: readonly RoomInfo[]): void {
    const seen = this.#seen.peek();
    if (seen !== undefined) return;
    this.#keep(Object.fromEntries(rooms.map(({ id, last }) => [id, last?.id ?? START])));
  }

  has({ id, last }: RoomInfo): boolean {
    const seen = this.#seen.value;
    if (seen === undefined || last === undefined || last.from === this.#me) return false;
    return last.deleted === undefined && comparePositions(last.id, seen[id] ?? START) > 0;
  }

  /** Its newest message is before the reader's eyes. */
  saw({ id, last }: RoomInfo): void {
    const seen = this.#seen.peek();
    if (seen === undefined || last === undefined) return;
    if (comparePositions(last.id, seen[id] ?? START) > 0) this.#keep({ ...seen, [id]: last.id });
  }

  forget(): void {
    this.#memory.removeItem(this.#key);
  }

  get #key(): string {
    return `klatch:seen:${this.#me}`;
  }

  #keep(seen: Seen): void {
    this.#seen.value = seen;
    this.#memory.setItem(this.#key, JSON.stringify(seen));
  }
}

function recall(kept: string | null): Seen | undefined {
  try {
    const seen: unknown = JSON.parse(kept ?? "null");
    if (typeof seen !== "object" || seen === null) return undefined;
    const entries = Object.entries(seen).filter((entry): entry is [RoomId, Position] => {
      return typeof entry[1] === "string";
    });
    return Object.fromEntries(entries);
  } catch {
    return undefined;
  }
}
