/** Keeping somebody out of a room who is not in it: found by name. */
import type { Person } from "#protocol/person.ts";
import { useSignal } from "@preact/signals";
import { PersonPicker } from "#web/widgets/person-picker.tsx";
import { BanForm } from "./ban-form.tsx";
import type { HinderedListProps } from "./hindered.tsx";

export function BanByName({ chat, room, members, bans, act }: HinderedListProps) {
  const isOpen = useSignal(false);
  const chosen = useSignal<Person | undefined>(undefined);
  const toggle = () => {
    isOpen.value = !isOpen.peek();
    chosen.value = undefined;
  };
  const known = [...(members ?? []), ...bans].map(({ id }) => id);
  const person = chosen.value;
  return (
    <>
      <button type="button" class="button-quiet" aria-expanded={isOpen.value} onClick={toggle}>
        Ban somebody who is not here…
      </button>
      {isOpen.value && person === undefined && (
        <PersonPicker
          chat={chat}
          label="Whom to ban"
          verb="Choose"
          without={new Set([...known, chat.me.id])}
          choose={(one) => (chosen.value = one)}
          offersAll={false}
        />
      )}
      {person !== undefined && (
        <BanForm
          key={person.id}
          person={person}
          ban={(ban) =>
            act(async () => {
              await chat.moderation.ban(room.id, person.id, ban);
              toggle();
            })
          }
        />
      )}
    </>
  );
}
