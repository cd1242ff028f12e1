/** One's own data: a copy of all of it, and leaving for good. */
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { Choice } from "#web/widgets/choice.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";
import { PasswordField } from "#web/welcome/password-field.tsx";

const MESSAGES = [
  ["keep", "Leave what I said", "It stays, as said by a deleted person."],
  ["remove", "Delete what I said", "Message by message; others see that something was deleted."],
] as const;

interface LeavePanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function LeavePanel({ chat, onClose }: LeavePanelProps) {
  const isLeaving = useSignal(false);
  return (
    <Dialog title="Your data" onClose={onClose}>
      <p>Everything that is yours, as one file: profile, rooms, and what you said.</p>
      <a class="button-quiet" href="/api/me/export" download>
        Download a copy
      </a>
      {isLeaving.value ? (
        <LeaveForm chat={chat} />
      ) : (
        <button type="button" class="button-quiet" onClick={() => (isLeaving.value = true)}>
          Delete my account…
        </button>
      )}
    </Dialog>
  );
}

function LeaveForm({ chat }: Pick<LeavePanelProps, "chat">) {
  const messages = useSignal<"keep" | "remove">("keep");
  const password = useSignal("");
  const task = useTask();
  const submit = (event: Event) => {
    event.preventDefault();
    if (password.value === "") return task.refuse("Please type your password.");
    task.run(() => chat.things.leave({ password: password.value, messages: messages.value }));
  };
  return (
    <form class="dialog-form" noValidate aria-busy={task.busy} onSubmit={submit}>
      <Choice
        legend="Your messages"
        name="messages"
        value={messages.value}
        onValue={(value) => (messages.value = value)}
        options={MESSAGES}
      />
      <PasswordField
        id="leave-password"
        autocomplete="current-password"
        value={password.value}
        onValue={(value) => (password.value = value)}
        trouble={task.trouble || undefined}
      />
      <p class="dialog-hint">You are signed out everywhere, and nobody can undo it.</p>
      <button type="submit" class="button-small danger" aria-disabled={task.busy}>
        {task.busy ? "One moment…" : "Delete my account"}
      </button>
    </form>
  );
}
