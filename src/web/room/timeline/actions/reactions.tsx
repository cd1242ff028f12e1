/** The reactions to a message, with how many and who; choosing one joins in or takes one's own back. */
import type { StoredEntry } from "#sdk/index.ts";
import type { MessageActions } from "./message-actions.ts";

export interface ReactionsProps {
  readonly actions: MessageActions;
  readonly entry: StoredEntry;
  readonly nameOf: (id: number) => string | undefined;
  /** Whether Tab may stop here: only in the message one is at. */
  readonly tabbable: boolean;
}

/** Names told of one reaction; more are counted. */
const NAMES_MAX = 12;

export function Reactions({ actions, entry, nameOf, tabbable }: ReactionsProps) {
  const { me } = actions.port;
  const all = Object.entries(entry.reactions ?? {}).filter(([, people]) => people.length > 0);
  if (all.length === 0) return null;
  return (
    <div class="reactions">
      {all.map(([emoji, people]) => (
        <button
          key={emoji}
          type="button"
          class="reaction"
          aria-pressed={people.includes(me)}
          title={namesOf(people, me, nameOf)}
          tabIndex={tabbable ? 0 : -1}
          onClick={() => actions.toggle(entry, emoji)}
        >
          <span>{emoji}</span> <span>{people.length}</span>
          <span class="visually-hidden">, {namesOf(people, me, nameOf)}</span>
        </button>
      ))}
    </div>
  );
}

function namesOf(
  people: readonly number[],
  me: number,
  nameOf: (id: number) => string | undefined,
): string {
  const names = people.map((id) => (id === me ? "You" : (nameOf(id) ?? "Somebody")));
  const more = names.length - NAMES_MAX;
  const told = more > 0 ? [...names.slice(0, NAMES_MAX), `${more} more`] : names;
  return told.join(", ");
}
