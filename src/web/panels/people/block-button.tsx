/** Blocks a person, or lifts that. */
import type { Person } from "#protocol/person.ts";
import type { Chat } from "#web/chat/chat.ts";

export interface BlockButtonProps {
  readonly chat: Chat;
  readonly person: Person;
  readonly act: (step: () => Promise<unknown>) => void;
}

export function BlockButton({ chat, person, act }: BlockButtonProps) {
  const { id } = person;
  const isBlocked = chat.isBlocked(id);
  return (
    <button
      type="button"
      class="button-quiet"
      onClick={() => act(() => (isBlocked ? chat.blocks.unblock(id) : chat.blocks.block(id)))}
    >
      {isBlocked ? "Unblock" : "Block"}
    </button>
  );
}

/** What it does, for whom one blocks already. */
export function BlockHint({ chat, person }: Pick<BlockButtonProps, "chat" | "person">) {
  if (!chat.isBlocked(person.id)) return null;
  return <p class="member-hint">{BLOCK_MEANING}</p>;
}

export const BLOCK_MEANING =
  "Between you two nothing can be said in private, and what they say elsewhere is folded. " +
  "They are not told.";
