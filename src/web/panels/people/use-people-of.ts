/** Who is kept out of a room, and its people: asked for again whenever the room is told of. */
import type { Ban, RoomId } from "#protocol/room.ts";
import type { ReadonlySignal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";

export interface PeopleOf {
  readonly bans: ReadonlySignal<readonly Ban[]>;
  /** Asks again; rejects with words. */
  readonly load: () => Promise<void>;
}

/** @param governs whether one may see who is banned */
export function usePeopleOf(chat: Chat, id: RoomId, governs: boolean): PeopleOf {
  const bans = useSignal<readonly Ban[]>([]);
  const asked = useRef(0);
  const answered = useRef(0);
  const load = async () => {
    const now = ++asked.current;
    const [found] = await Promise.all([
      governs ? chat.moderation.bans(id) : [],
      chat.loadMembers(id),
    ]);
    // An answer that was overtaken by a later one is old.
    if (now < answered.current) return;
    answered.current = now;
    bans.value = found;
  };
  useEffect(
    () =>
      chat.directory.onTold((room) => {
        // What is shown holds until the next news; nobody has asked for this.
        if (room === id) load().catch(() => undefined);
      }),
    [chat, id, governs],
  );
  return { bans, load };
}
