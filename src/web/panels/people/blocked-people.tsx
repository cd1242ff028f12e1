/** Whom one blocks, wherever they are, to lift it. */
import type { Block } from "#protocol/blocks.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { dateOf } from "#web/chat/moments.ts";
import { useTask } from "#web/chat/task.ts";
import { Dialog } from "#web/widgets/dialog.tsx";
import { PersonPicture } from "#web/widgets/person-picture.tsx";
import { BLOCK_MEANING } from "./block-button.tsx";

export interface BlockedPeopleProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function BlockedPeople({ chat, onClose }: BlockedPeopleProps) {
  const blocks = useSignal<readonly Block[] | undefined>(undefined);
  const task = useTask();
  const ids = chat.blockedIds.value;
  useEffect(() => {
    task.run(async () => void (blocks.value = await chat.blocks.list()));
  }, [ids]);
  const unblock = (id: number) => task.run(() => chat.blocks.unblock(id));
  const shown = blocks.value?.filter(({ id }) => ids.has(id));
  return (
    <Dialog title="People you block" onClose={onClose}>
      <p class="dialog-hint">{BLOCK_MEANING}</p>
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="hindered-list" role="list" aria-busy={shown === undefined}>
        {shown?.map(({ id, username, since }) => (
          <li key={id} class="hindered-row">
            <PersonPicture chat={chat} person={{ id, username }} />
            <p class="hindered-words">
              <bdi class="hindered-name">{username}</bdi>
              <span>Since {dateOf(since)}</span>
            </p>
            <button
              type="button"
              class="button-quiet"
              aria-label={`Unblock: ${username}`}
              onClick={() => unblock(id)}
            >
              Unblock
            </button>
          </li>
        ))}
      </ul>
      <output class="dialog-hint">{shown?.length === 0 && "You block nobody."}</output>
    </Dialog>
  );
}
