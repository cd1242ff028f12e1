/** The fields of what is said of a bot, and where it is called: for making one and for changing it. */
import type { Signal } from "@preact/signals";
import { Field } from "#web/welcome/field.tsx";
import type { BotWords } from "./bot-words.ts";

export interface BotFieldsProps {
  /** Distinguishes them from those of another bot. */
  readonly id: string;
  readonly words: Signal<BotWords>;
}

const FIELDS = [
  ["displayName", "Display name", "What it is called. Without one, its name."],
  ["description", "What it is for", "Shown to everybody in its profile."],
  [
    "callback",
    "Address to call",
    "An https address that is called when somebody mentions it, or talks to it in private.",
  ],
] as const;

export function BotFields({ id, words }: BotFieldsProps) {
  return (
    <>
      {FIELDS.map(([key, label, hint]) => (
        <Field
          key={key}
          id={`${id}-${key}`}
          label={label}
          type="text"
          autocomplete="off"
          isOptional
          hint={hint}
          value={words.value[key]}
          onValue={(value) => (words.value = { ...words.peek(), [key]: value })}
        />
      ))}
    </>
  );
}

/** Without the spaces around them. */
export function trimmed({ displayName, description, callback }: BotWords): BotWords {
  return {
    displayName: displayName.trim(),
    description: description.trim(),
    callback: callback.trim(),
  };
}
