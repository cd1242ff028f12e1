/**
 * Where one is, as the address says it: `/` is the list of rooms, `/?room=0` a room. Where another page
 * has the root, this one is at `/klatch`, and stays there.
 */
import type { RoomId } from "#protocol/room.ts";
import { isRoomId } from "#protocol/room.ts";
import { isPosition } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

/** The address of a room, or of a message in it, for a link. */
export function addressOf(room: RoomId, message?: Position): string {
  return `${location.pathname}?room=${room}${message === undefined ? "" : `&message=${message}`}`;
}

export class Place {
  readonly #room = signal(readRoom());
  readonly #message = signal(readMessage());

  constructor() {
    addEventListener("popstate", () => {
      this.#room.value = readRoom();
      this.#message.value = readMessage();
    });
  }

  /** The message the address names, until one is there. */
  get message(): ReadonlySignal<Position | undefined> {
    return this.#message;
  }

  /** One is at the message; a reload leads to it again. */
  arrived(): void {
    this.#message.value = undefined;
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
    history.replaceState(null, "", location.pathname);
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

function readMessage(): Position | undefined {
  const message = new URLSearchParams(location.search).get("message");
  return message !== null && isPosition(message) ? message : undefined;
}
