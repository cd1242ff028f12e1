/** What one was typing, kept for each person and room through reloads. */
import type { RoomId } from "#protocol/room.ts";

type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface Draft {
  read(): string;
  /** Written down a moment later, so that typing is never slowed. */
  write(text: string): void;
  /** Writes down at once what is still waiting. */
  flush(): void;
}

/** Pause in typing after which the draft is written down, in milliseconds. */
const PAUSE_MS = 300;

export function draftOf(memory: Memory, { user, room }: { user: number; room: RoomId }): Draft {
  const key = `klatch:draft:${user}:${room}`;
  let waiting: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    if (waiting === "") memory.removeItem(key);
    else if (waiting !== undefined) memory.setItem(key, waiting);
    waiting = undefined;
  };
  return {
    read: () => waiting ?? memory.getItem(key) ?? "",
    write(text) {
      waiting = text;
      clearTimeout(timer);
      timer = setTimeout(flush, PAUSE_MS);
    },
    flush,
  };
}
