/** For how long somebody is to say nothing in a room. */
import type { Person } from "#protocol/person.ts";
import type { Mute } from "#protocol/room.ts";
import { endIn } from "#web/chat/moments.ts";
import { intoView } from "#web/widgets/into-view.ts";

/** Name and seconds; without these it has no end. */
const SPANS: readonly (readonly [string, number?])[] = [
  ["15 minutes", 15 * 60],
  ["1 hour", 60 * 60],
  ["1 day", 24 * 60 * 60],
  ["Until lifted"],
];

export interface MuteChoiceProps {
  readonly person: Person;
  readonly choose: (mute: Mute) => void;
}

export function MuteChoice({ person, choose }: MuteChoiceProps) {
  return (
    <fieldset ref={intoView} class="member-form">
      <legend>
        <bdi>{person.username}</bdi> can read, and says nothing for
      </legend>
      <div class="member-spans">
        {SPANS.map(([name, seconds]) => (
          <button
            key={name}
            type="button"
            class="button-quiet"
            onClick={() => choose(endIn(seconds))}
          >
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
