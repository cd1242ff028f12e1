/** Where one is, as the address says it: `/` is the list of rooms, `/?room=0` a room. */
import type { RoomId } from "#protocol/room.ts";
import { isRoomId } from "#protocol/room.ts";
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

const LIST = "/";

/** The address of a room, for a link. */
export function addressOf(room: RoomId): string {
  return `/?room=${room}`;
}

export class Place {
  readonly #room = signal(readRoom());

  constructor() {
    addEventListener("popstate", () => (this.#room.value = readRoom()));
  }

  /** The room the address names. */
  get room(): ReadonlySignal<RoomId | undefined> {
    return this.#room;
  }

  /** Goes to a room; Back returns to where one was. */
  go(room: RoomId): void {
    if (this.#room.peek() === room) return;
    history.pushState({ fromList: this.#room.peek() === undefined }, "", addressOf(room));
    this.#room.value = room;
  }

  /** Goes to the list, as Back would where one came from there. */
  toList(): void {
    if (cameFromList(history.state)) history.back();
    else this.forget();
  }

  /** Goes to the list, without a way back to what was here. */
  forget(): void {
    history.replaceState(null, "", LIST);
    this.#room.value = undefined;
  }
}

function cameFromList(state: unknown): boolean {
  return (
    typeof state === "object" && state !== null && "fromList" in state && state.fromList === true
  );
}

function readRoom(): RoomId | undefined {
  const room = new URLSearchParams(location.search).get("room");
  return room !== null && isRoomId(room) ? room : undefined;
}
