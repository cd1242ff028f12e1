/** What a room is called for whoever looks at it, and what of it fits into one line. */
import type { Message } from "#protocol/message.ts";
import type { Room as RoomInfo } from "#protocol/room.ts";
import { shownName } from "#web/widgets/avatar.tsx";
import { GENERAL_NAME } from "#protocol/room.ts";

/** A private chat is called by its others; alone, it is a note pad. */
export function titleOf({
  kind,
  name,
  people,
}: Pick<RoomInfo, "kind" | "name" | "people">): string {
  if (kind !== "private") return name || GENERAL_NAME;
  if (people.length === 0) return "Notes";
  return people.map((person) => shownName(person)).join(", ");
}

/** Instead of what somebody says whom one blocks. */
export const BLOCKED_WORDS = "A message by somebody you block";

export interface PreviewContext {
  readonly me: number;
  readonly nameOf: (id: number) => string | undefined;
  readonly isBlocked: (id: number) => boolean;
}

/**
 * The newest message in a line.
 *
 * @param nameOf the name to put before it; `undefined` where it is not known, or goes without saying
 */
export function previewOf(
  { from, message, deleted }: Message,
  { me, nameOf, isBlocked }: PreviewContext,
): string {
  if (isBlocked(from)) return BLOCKED_WORDS;
  if (deleted !== undefined) return "A message was deleted.";
  const author = from === me ? "You" : nameOf(from);
  const line = message.slice(0, 200).replace(/\s+/gu, " ");
  return author === undefined ? line : `${author}: ${line}`;
}

/** Instead of messages, where none are yet. */
export function emptyWordsOf(room: Pick<RoomInfo, "kind" | "name" | "people">): string {
  const title = titleOf(room);
  if (room.kind !== "private") {
    return `Nobody has said anything in ${title} yet. The first word is yours.`;
  }
  if (room.people.length === 0) return "A note pad of your own: nobody else can read it.";
  if (room.people.length > 1) return "Only the people in this chat can read it.";
  return `Only you and ${title} can read this. It shows up there with the first message.`;
}

/** Above the first message. */
export function beginWordsOf(room: Pick<RoomInfo, "kind" | "name" | "people">): string {
  const title = titleOf(room);
  if (room.kind !== "private") return `This is where ${title} begins.`;
  if (room.people.length === 0) return "This is where your notes begin.";
  return `This is where your chat with ${title} begins.`;
}

/** "1 person", "12 people". */
export function peopleCount(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}
