/** Changing one's password, which ends one's sessions elsewhere. */
import { passwordProblem } from "#protocol/password.ts";
import { KlatchError } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { Dialog } from "#web/widgets/dialog.tsx";
import { PasswordField } from "#web/welcome/password-field.tsx";

interface PasswordPanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function PasswordPanel({ chat, onClose }: PasswordPanelProps) {
  const current = useSignal("");
  const password = useSignal("");
  const wrong = useSignal("");
  const task = useTask();
  const submit = (event: Event) => {
    event.preventDefault();
    wrong.value = current.value === "" ? "Please type your current password." : "";
    const problem = passwordProblem(password.value);
    if (wrong.value !== "" || problem !== undefined) return task.refuse(problem);
    task.run(async () => {
      try {
        await chat.directory.changePassword(current.value, password.value);
      } catch (error) {
        if (!(error instanceof KlatchError && error.code === "wrong-password")) throw error;
        wrong.value = error.message;
        return;
      }
      onClose();
      chat.notice.value = "Your password is changed. You are signed out everywhere else.";
    });
  };
  return (
    <Dialog title="Change password" onClose={onClose}>
      <form class="dialog-form" noValidate aria-busy={task.busy} onSubmit={submit}>
        {/* So that password managers know whose it is. */}
        <input
          type="text"
          name="username"
          autocomplete="username"
          value={chat.me.username}
          hidden
          readOnly
        />
        <PasswordField
          id="current-password"
          label="Current password"
          autocomplete="current-password"
          value={current.value}
          onValue={(value) => (current.value = value)}
          trouble={wrong.value || undefined}
        />
        <PasswordField
          id="new-password"
          label="New password"
          autocomplete="new-password"
          value={password.value}
          onValue={(value) => (password.value = value)}
          hint="At least 8 characters. A few words in a row are good."
          trouble={task.trouble || undefined}
        />
        <p class="dialog-hint">You stay signed in here; everywhere else you are signed out.</p>
        <button type="submit" class="button-primary" aria-disabled={task.busy}>
          {task.busy ? "One moment…" : "Change password"}
        </button>
      </form>
    </Dialog>
  );
}
