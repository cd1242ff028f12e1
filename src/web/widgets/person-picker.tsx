/** Finding people by the beginning of their names, and choosing them one by one. */
import type { Person } from "#protocol/person.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { useAnswer } from "#web/chat/search.ts";
import { PersonName } from "./person-name.tsx";
import { PersonPicture } from "./person-picture.tsx";
import { SearchBox } from "./search-box.tsx";

export interface PersonPickerProps {
  readonly chat: Chat;
  readonly label: string;
  /** What choosing does, before the name: "Bring in". */
  readonly verb: string;
  /** Ids of people not to be offered. */
  readonly without: ReadonlySet<number>;
  readonly choose: (person: Person) => void;
  /** Whether people are offered before anything is typed. */
  readonly offersAll: boolean;
}

export function PersonPicker(props: PersonPickerProps) {
  const { chat, label, verb, without, choose, offersAll } = props;
  const words = useSignal("");
  const search = words.value.trim();
  const isAsked = search !== "" || offersAll;
  const { found, trouble } = useAnswer(search, async (name) => {
    return isAsked ? chat.findPeople(name) : [];
  });
  const offered = (found ?? []).filter(({ id }) => !without.has(id));
  const take = (person: Person) => {
    words.value = "";
    choose(person);
  };
  return (
    <div class="picker">
      <SearchBox label={label} value={words} />
      <div role="alert" class="form-alert">
        {trouble}
      </div>
      {isAsked && (
        // oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets
        <ul class="picker-list" role="list">
          {offered.map((person) => (
            <li key={person.id}>
              <button type="button" class="person-row" onClick={() => take(person)}>
                <PersonPicture chat={chat} person={person} />
                <span class="visually-hidden">{verb}</span>
                <PersonName person={person} />
                {person.bot === true && <span class="tag">Bot</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
      <output class="dialog-hint">
        {search !== "" && found?.length === 0 && "Nobody’s name begins like this."}
      </output>
    </div>
  );
}
