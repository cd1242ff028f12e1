/** A password line that can be shown, and that says when Caps Lock is on. */
import { useSignal } from "@preact/signals";
import { Field } from "./field.tsx";
import type { FieldProps } from "./field.tsx";

interface PasswordFieldProps extends Omit<FieldProps, "type" | "label" | "children"> {
  /** Default: "Password". */
  readonly label?: string;
}

export function PasswordField(props: PasswordFieldProps) {
  const { label = "Password" } = props;
  const shown = useSignal(false);
  const capsLock = useSignal(false);
  const watchCapsLock = (event: KeyboardEvent) => {
    // Autofill sends key events without a modifier state.
    capsLock.value = event.getModifierState?.("CapsLock") ?? false;
  };
  return (
    <Field
      {...props}
      label={label}
      type={shown.value ? "text" : "password"}
      hint={capsLock.value ? "Caps Lock is on." : props.hint}
      onKeyEvent={watchCapsLock}
    >
      <button
        type="button"
        class="field-button"
        aria-pressed={shown.value}
        aria-label={`Show ${label.toLowerCase()}`}
        onClick={() => (shown.value = !shown.value)}
      >
        {shown.value ? "Hide" : "Show"}
      </button>
    </Field>
  );
}
