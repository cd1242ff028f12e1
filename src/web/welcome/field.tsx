/** One labelled line of a form, with its rule or its trouble told beneath it. */
import type { ComponentChildren, Ref } from "preact";

export interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly type: "text" | "password";
  readonly autocomplete: "username" | "current-password" | "new-password";
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly onBlur?: () => void;
  readonly onKeyEvent?: (event: KeyboardEvent) => void;
  /** What is asked for, before anything is wrong. */
  readonly hint?: string | undefined;
  /** What is wrong; replaces the hint and marks the field. */
  readonly trouble?: string | undefined;
  readonly fieldRef?: Ref<HTMLInputElement>;
  /** Something at the end of the line, such as a button. */
  readonly children?: ComponentChildren;
}

export function Field(props: FieldProps) {
  const { id, label, hint, trouble, onValue, onKeyEvent } = props;
  const told = trouble ?? hint;
  const line = {
    ref: props.fieldRef ?? null,
    id,
    name: props.autocomplete === "username" ? "username" : "password",
    autocomplete: props.autocomplete,
    autocapitalize: "none",
    autocorrect: "off",
    spellcheck: false,
    dir: "auto",
    required: true,
    value: props.value,
    "aria-invalid": trouble ? "true" : undefined,
    "aria-describedby": told ? `${id}-told` : undefined,
    onInput: (event: InputEvent) => {
      if (event.currentTarget instanceof HTMLInputElement) onValue(event.currentTarget.value);
    },
    onBlur: () => props.onBlur?.(),
    onKeyDown: onKeyEvent,
    onKeyUp: onKeyEvent,
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-line">
        {props.type === "text" ? (
          <input type="text" {...line} />
        ) : (
          <input type="password" {...line} />
        )}
        {props.children}
      </div>
      {told && (
        <p id={`${id}-told`} class={trouble ? "field-trouble" : "field-hint"}>
          {told}
        </p>
      )}
    </div>
  );
}
