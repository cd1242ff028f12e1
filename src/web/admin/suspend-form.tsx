/** Asks why somebody is suspended, and says what that does. */
import { reasonProblem } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import { Field } from "#web/welcome/field.tsx";
import { intoView } from "#web/widgets/into-view.ts";

export interface SuspendFormProps {
  readonly id: number;
  readonly username: string;
  readonly suspend: (reason: string) => void;
}

export function SuspendForm({ id, username, suspend }: SuspendFormProps) {
  const reason = useSignal("");
  const trouble = useSignal<string | undefined>(undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    const words = reason.value.trim();
    trouble.value = reasonProblem(words);
    if (trouble.value === undefined) suspend(words);
  };
  return (
    <form
      ref={intoView}
      class="member-form"
      noValidate
      onSubmit={submit}
      aria-label={`Suspend ${username}`}
    >
      <p class="dialog-hint">
        <bdi>{username}</bdi> is signed out everywhere at once, and cannot sign in again until you
        lift it.
      </p>
      <Field
        id={`suspend-reason-${id}`}
        label="Reason"
        type="text"
        autocomplete="off"
        isOptional
        hint="Told to them when they try to sign in."
        trouble={trouble.value}
        value={reason.value}
        onValue={(value) => (reason.value = value)}
      />
      <button type="submit" class="button-small danger">
        Suspend {username}
      </button>
    </form>
  );
}
