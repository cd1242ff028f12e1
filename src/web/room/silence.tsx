/** Why nothing can be said in a room, in place of where one writes. */
import type { Mute, Room as RoomInfo } from "#protocol/room.ts";
import type { Entry } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { isOver, endWords } from "#web/chat/moments.ts";
import { shownName } from "#web/widgets/avatar.tsx";
import { wordsOf } from "#web/chat/task.ts";

/** The longest that a timer of a browser can wait, in milliseconds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** `undefined` where one may write; draws again when that changes. */
export function silenceIn(chat: Chat, room: RoomInfo): ComponentChildren {
  const { kind, archived, posting, role, muted } = room;
  const [person, ...more] = room.people;
  if (archived) return "This room is archived. It can be read, and nothing more can be said in it.";
  if (posting === "moderators" && role !== "moderator") return "Here only moderators write.";
  if (muted !== undefined && !isOver(muted.until)) {
    return `A moderator has muted you here ${endWords(muted.until)}. You can read along.`;
  }
  if (kind !== "private" || person === undefined || more.length > 0) return undefined;
  if (!chat.isBlocked(person.id)) return undefined;
  const unblock = () => {
    const done = chat.blocks.unblock(person.id);
    // Where one writes is there again.
    done.then(focusComposer, (error: unknown) => (chat.notice.value = wordsOf(error)));
  };
  return (
    <>
      You block <bdi>{shownName(person)}</bdi>, so nothing can be said here.{" "}
      <button type="button" class="button-link" onClick={unblock}>
        Unblock
      </button>
    </>
  );
}

function focusComposer(): void {
  requestAnimationFrame(() => document.getElementById("composer")?.focus());
}

/** What the server said, where it is the other one who blocks: until that message is taken away. */
export function refusalIn(entries: readonly Entry[]): string | undefined {
  const last = entries.at(-1);
  return last?.state === "failed" && last.error?.code === "blocked" ? last.error.detail : undefined;
}

/** Draws again when a mute is over. */
export function useEndOf(mute: Mute | undefined): void {
  const ended = useSignal(0);
  void ended.value;
  const until = mute?.until;
  useEffect(() => {
    if (until === undefined || isOver(until)) return;
    const ms = Math.min(until * 1_000 - Date.now() + 50, TIMER_MS_MAX);
    const timer = setTimeout(() => ended.value++, ms);
    return () => clearTimeout(timer);
  }, [until]);
}
