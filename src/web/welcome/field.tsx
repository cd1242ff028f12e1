/** One labelled line of a form, with its rule or its trouble told beneath it. */
import type { ComponentChildren, Ref } from "preact";

export interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly type: "text" | "password";
  readonly autocomplete: "username" | "name" | "current-password" | "new-password" | "off";
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly isOptional?: boolean;
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

/** What password managers look for. */
const NAMES: Readonly<Record<string, string>> = {
  username: "username",
  "current-password": "password",
  "new-password": "password",
};

export function Field(props: FieldProps) {
  const { id, label, hint, trouble, onValue, onKeyEvent } = props;
  const told = trouble ?? hint;
  const line = {
    ref: props.fieldRef ?? null,
    id,
    name: NAMES[props.autocomplete] ?? id,
    autocomplete: props.autocomplete,
    autocapitalize: props.autocomplete === "off" ? "sentences" : "none",
    autocorrect: props.autocomplete === "off" ? "on" : "off",
    spellcheck: props.autocomplete === "off",
    dir: "auto",
    required: !props.isOptional,
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
