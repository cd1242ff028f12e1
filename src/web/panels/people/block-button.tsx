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
      title={
        isBlocked
          ? undefined
          : "You two can say nothing in private any more, and what they say elsewhere is folded."
      }
      onClick={() => act(() => (isBlocked ? chat.blocks.unblock(id) : chat.blocks.block(id)))}
    >
      {isBlocked ? "Unblock" : "Block"}
    </button>
  );
}
