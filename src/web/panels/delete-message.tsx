/** Asks before a message is deleted, for everyone and for good. */
import type { RoomId } from "#protocol/room.ts";
import type { StoredEntry } from "#sdk/index.ts";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { Dialog } from "#web/widgets/dialog.tsx";

export interface MessagePanelProps {
  readonly chat: Chat;
  readonly room: RoomId;
  readonly entry: StoredEntry;
  readonly onClose: () => void;
}

/** As much of the message as tells which one it is. */
const SHOWN_CHARS = 280;

export function DeleteMessage({ chat, room, entry, onClose }: MessagePanelProps) {
  const task = useTask();
  const { text } = entry;
  const remove = () =>
    task.run(async () => {
      await chat.klatch.room(room).remove(entry.id);
      onClose();
    });
  return (
    <Dialog title="Delete this message?" onClose={onClose}>
      <blockquote class="shown-message" dir="auto">
        {text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text}
      </blockquote>
      <p class="dialog-hint">Its text goes for everyone, and does not come back.</p>
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      <div class="dialog-actions">
        <button type="button" class="button-quiet" onClick={onClose}>
          Keep it
        </button>
        <button
          type="button"
          class="button-small danger"
          aria-disabled={task.busy}
          onClick={remove}
        >
          Delete
        </button>
      </div>
    </Dialog>
  );
}
