/** What one likes to talk about: up to five words, as chips. */
import { LIMITS } from "#protocol/limits.ts";
import type { Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { withInterests } from "./interest-words.ts";
import { Icon } from "#web/widgets/icon.tsx";

export interface InterestsProps {
  readonly interests: Signal<readonly string[]>;
  /** What is being typed: a word that is not a chip yet. */
  readonly text: Signal<string>;
}

export function Interests({ interests, text }: InterestsProps) {
  const box = useRef<HTMLInputElement>(null);
  const isFull = interests.value.length >= LIMITS.interestsMax;
  const add = () => {
    interests.value = withInterests(interests.peek(), text.peek());
    text.value = "";
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && text.peek().trim() !== "") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && text.peek() === "") {
      interests.value = interests.peek().slice(0, -1);
    }
  };
  const remove = (interest: string) => {
    interests.value = interests.peek().filter((each) => each !== interest);
    box.current?.focus();
  };
  return (
    <div class="field">
      <label htmlFor="stranger-interests">Interests</label>
      <Chips interests={interests.value} remove={remove} />
      <div class="field-line">
        <input
          ref={box}
          id="stranger-interests"
          type="text"
          autocomplete="off"
          autocapitalize="none"
          placeholder={isFull ? "That is all five" : "tea, chess, the sea …"}
          aria-describedby="stranger-interests-hint"
          readOnly={isFull}
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
            if (/[,;\n]/u.test(text.value)) add();
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <p id="stranger-interests-hint" class="field-hint">
        Up to five, or none. The stranger sees only what you both like.
      </p>
    </div>
  );
}

interface ChipsProps {
  readonly interests: readonly string[];
  readonly remove: (interest: string) => void;
}

function Chips({ interests, remove }: ChipsProps) {
  if (interests.length === 0) return null;
  return (
    <ul class="chips" aria-label="Your interests">
      {interests.map((interest) => (
        <li key={interest} class="chip">
          <bdi>{interest}</bdi>
          <button type="button" onClick={() => remove(interest)}>
            <Icon name="close" />
            <span class="visually-hidden">Remove {interest}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
