/** A line to search with; also as the box over a list that arrows move in. */
import type { Signal } from "@preact/signals";
import { Icon } from "./icon.tsx";

export interface SearchBoxProps {
  readonly label: string;
  readonly value: Signal<string>;
  readonly list?: {
    readonly id: string;
    /** Id of the option that Enter takes. */
    readonly active: string | undefined;
    readonly onKeyDown: (event: KeyboardEvent) => void;
  };
}

export function SearchBox({ label, value, list }: SearchBoxProps) {
  const line = {
    "aria-label": label,
    placeholder: label,
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: false,
    enterkeyhint: "search",
    dir: "auto",
    value: value.value,
    onInput: (event: InputEvent) => {
      if (event.currentTarget instanceof HTMLInputElement) value.value = event.currentTarget.value;
    },
  } as const;
  return (
    <div class="field-line search-box">
      <Icon name="search" />
      {list === undefined ? (
        // Not of type "search", whose first Escape would not close the dialog but empty the line.
        <input type="text" role="searchbox" {...line} />
      ) : (
        <input
          type="text"
          role="combobox"
          aria-expanded
          aria-controls={list.id}
          aria-autocomplete="list"
          aria-activedescendant={list.active}
          onKeyDown={list.onKeyDown}
          {...line}
        />
      )}
    </div>
  );
}
