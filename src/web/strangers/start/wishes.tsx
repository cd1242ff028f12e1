/** Whom one looks for, and how one wants to be told. */
import { LANGUAGES } from "#protocol/stranger.ts";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import { withInterests } from "./interest-words.ts";
import { Interests } from "./interests.tsx";

export function Wishes({ view }: { readonly view: StrangerView }) {
  const typed = useSignal("");
  const hasInterests = view.interests.value.length > 0;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    view.interests.value = withInterests(view.interests.peek(), typed.peek());
    view.start();
  };
  return (
    <form class="account-form" autocomplete="off" onSubmit={onSubmit}>
      <Interests interests={view.interests} text={typed} />
      {hasInterests && (
        <Switch
          value={view.onlyInterests}
          name="Only my interests"
          meaning="Wait for somebody who shares one, however long."
        />
      )}
      <div class="field">
        <label htmlFor="stranger-language">Language</label>
        <div class="field-line">
          <select
            id="stranger-language"
            class="strangers-select"
            value={view.language.value}
            onChange={({ currentTarget }) => (view.language.value = currentTarget.value)}
          >
            <option value="any">Any language</option>
            {languages.map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <details class="strangers-settings">
        <summary>Settings</summary>
        <Switches view={view} />
      </details>
      <button type="submit" class="button-primary strangers-start">
        Start
      </button>
    </form>
  );
}

/** How the page behaves; kept as long as it is open. */
export function Switches({ view }: { readonly view: StrangerView }) {
  return (
    <>
      <Switch
        value={view.sound}
        name="Sound"
        meaning="When somebody is found, or says something while you look away."
      />
      <Switch
        value={view.filter}
        name="Cover rude words"
        meaning="Lines with slurs or sexual words are covered until you ask for them."
      />
      <Switch
        value={view.autoNext}
        name="Search on by itself"
        meaning="When a stranger leaves, look for the next one after a moment."
      />
    </>
  );
}

interface SwitchProps {
  readonly value: Signal<boolean>;
  readonly name: string;
  readonly meaning: string;
}

function Switch({ value, name, meaning }: SwitchProps) {
  return (
    <label class="choice-option">
      <input
        type="checkbox"
        checked={value.value}
        onChange={({ currentTarget }) => (value.value = currentTarget.checked)}
      />
      <span class="choice-title">{name}</span>
      <span class="choice-meaning">{meaning}</span>
    </label>
  );
}

/** By their own names, in the order of these. */
const languages = LANGUAGES.map((code): [string, string] => [code, nameOf(code)]).sort((a, b) =>
  a[1].localeCompare(b[1]),
);

function nameOf(code: string): string {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
