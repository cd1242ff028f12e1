/** Starting a private chat: with one person, with a few, or with oneself. */
import { LIMITS } from "#protocol/limits.ts";
import type { Person } from "#protocol/person.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { shownName } from "#web/widgets/avatar.tsx";
import { useTask } from "#web/chat/task.ts";
import { Dialog } from "#web/widgets/dialog.tsx";
import { Icon } from "#web/widgets/icon.tsx";
import { PersonPicker } from "#web/widgets/person-picker.tsx";

export function NewChat({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  const chosen = useSignal<readonly Person[]>([]);
  const task = useTask();
  const start = (people: readonly Person[]) =>
    task.run(() => chat.talkTo(people.map(({ id }) => id)));
  const isFull = chosen.value.length >= LIMITS.chatPeopleMax - 1;
  const without = new Set([chat.me.id, ...chosen.value.map(({ id }) => id)]);
  return (
    <Dialog title="Start a chat" onClose={onClose}>
      {chosen.value.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets
        <ul class="chosen" role="list" aria-label="Chosen">
          {chosen.value.map((person) => (
            <li key={person.id}>
              <button
                type="button"
                class="chosen-person"
                onClick={() => (chosen.value = chosen.value.filter((one) => one !== person))}
              >
                <bdi>{shownName(person)}</bdi>
                <Icon name="close" />
                <span class="visually-hidden">Take out</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {isFull ? (
        <p class="dialog-hint">A private chat has up to {LIMITS.chatPeopleMax} people.</p>
      ) : (
        <PersonPicker
          chat={chat}
          label="Search by name"
          verb="Choose"
          without={without}
          choose={(person) => (chosen.value = [...chosen.value, person])}
          offersAll
        />
      )}
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      <div class="dialog-actions">
        <button type="button" class="button-quiet" onClick={() => start([])}>
          <Icon name="note" /> Notes to myself
        </button>
        <button
          type="button"
          class="button-small"
          aria-disabled={task.busy || chosen.value.length === 0}
          onClick={() => chosen.value.length > 0 && start(chosen.value)}
        >
          Start
        </button>
      </div>
    </Dialog>
  );
}
