/** Keeping somebody out of a room: what for, and until when. */
import type { Person } from "#protocol/person.ts";
import type { NewBan } from "#protocol/room.ts";
import { reasonProblem } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import { endIn } from "#web/chat/moments.ts";
import { intoView } from "#web/widgets/into-view.ts";
import { Field } from "#web/welcome/field.tsx";

const DAY = 24 * 60 * 60;

/** Name and seconds; without these it has no end. */
const SPANS: readonly (readonly [string, number?])[] = [
  ["For good"],
  ["For 1 hour", 60 * 60],
  ["For 1 day", DAY],
  ["For 1 week", 7 * DAY],
  ["For 30 days", 30 * DAY],
];

export interface BanFormProps {
  readonly person: Person;
  readonly ban: (ban: NewBan) => void;
}

export function BanForm({ person, ban }: BanFormProps) {
  const { id, username } = person;
  const reason = useSignal("");
  const span = useSignal(0);
  const trouble = useSignal<string | undefined>(undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    const words = reason.value.trim();
    trouble.value = reasonProblem(words);
    if (trouble.value === undefined) ban({ reason: words, ...endIn(SPANS[span.value]?.[1]) });
  };
  return (
    <form
      ref={intoView}
      class="member-form"
      noValidate
      onSubmit={submit}
      aria-label={`Ban ${username}`}
    >
      <Field
        id={`ban-reason-${id}`}
        label="Reason"
        type="text"
        autocomplete="off"
        isOptional
        hint="Shown to moderators."
        trouble={trouble.value}
        value={reason.value}
        onValue={(value) => (reason.value = value)}
      />
      <label class="field">
        <span>Banned</span>
        <span class="field-line">
          <select
            value={span.value}
            onChange={({ currentTarget }) => {
              if (currentTarget instanceof HTMLSelectElement) {
                span.value = currentTarget.selectedIndex;
              }
            }}
          >
            {SPANS.map(([name], index) => (
              <option key={name} value={index}>
                {name}
              </option>
            ))}
          </select>
        </span>
      </label>
      <button type="submit" class="button-small danger">
        Ban {username}
      </button>
    </form>
  );
}
