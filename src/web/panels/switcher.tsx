/** The quick way to a room or a person: a few letters, arrows, Enter. */
import type { Person } from "#protocol/person.ts";
import type { Room as RoomInfo } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { titleOf } from "#web/chat/room-title.ts";
import { useAnswer } from "#web/chat/search.ts";
import { useTask } from "#web/chat/task.ts";
import { Dialog } from "#web/widgets/dialog.tsx";
import { shownName } from "#web/widgets/avatar.tsx";
import { PersonPicture } from "#web/widgets/person-picture.tsx";
import { RoomPicture } from "#web/widgets/room-picture.tsx";
import { SearchBox } from "#web/widgets/search-box.tsx";

/** Rooms offered at once. */
const ROOMS_MAX = 8;

interface Option {
  readonly key: string;
  readonly picture: ComponentChildren;
  readonly name: string;
  readonly what: string;
  readonly choose: () => void;
}

export function Switcher({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  const words = useSignal("");
  const at = useSignal(0);
  const task = useTask();
  const search = words.value.trim();
  const { found: people = [], trouble } = useAnswer(search, (name) => chat.directory.people(name));
  const options = [
    ...roomsCalled(chat.rooms.value, search).map((room) => roomOption(chat, room)),
    ...peopleApart(people, chat, search).map((person) =>
      personOption(chat, person, () =>
        task.run(() => chat.talkTo(person.id === chat.me.id ? [] : [person.id])),
      ),
    ),
  ];
  useEffect(() => void (at.value = 0), [search]);
  const here = Math.min(at.value, options.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) at.value = (here + step + options.length) % Math.max(1, options.length);
    else if (event.key === "Enter" && !event.isComposing) options[here]?.choose();
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
      <SearchBox
        label="A room or a person"
        value={words}
        list={{
          id: "switcher-list",
          active: options[here] && `to-${options[here].key}`,
          onKeyDown,
        }}
      />
      <div role="alert" class="form-alert">
        {task.trouble || trouble}
      </div>
      <Options options={options} here={here} onPoint={(index) => (at.value = index)} />
      <output class="dialog-hint">{options.length === 0 && "Nothing is called like this."}</output>
    </Dialog>
  );
}

interface OptionsProps {
  readonly options: readonly Option[];
  readonly here: number;
  readonly onPoint: (index: number) => void;
}

/** A list box of rich options, which `select` and `datalist` cannot show. */
function Options({ options, here, onPoint }: OptionsProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- because no tag can show pictures
    <div id="switcher-list" class="switcher-list" role="listbox" aria-label="Rooms and people">
      {options.map(({ key, picture, name, what, choose }, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- because the box above has the keys
        <div
          key={key}
          id={`to-${key}`}
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- because no tag can show pictures
          role="option"
          tabIndex={-1}
          class="person-row"
          aria-selected={index === here}
          onClick={choose}
          onPointerMove={() => onPoint(index)}
        >
          {picture}
          <bdi class="member-name">{name}</bdi>
          <span class="switcher-what">{what}</span>
        </div>
      ))}
    </div>
  );
}

/** Names that begin with the words before names that only hold them. */
function roomsCalled(rooms: readonly RoomInfo[], search: string): readonly RoomInfo[] {
  const wanted = search.toLocaleLowerCase();
  const placeOf = (room: RoomInfo) => titleOf(room).toLocaleLowerCase().indexOf(wanted);
  const found = rooms.filter((room) => placeOf(room) >= 0);
  const rank = (room: RoomInfo) => (placeOf(room) === 0 ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b)).slice(0, ROOMS_MAX);
}

/** People whose private chat is not among the rooms already. */
function peopleApart(people: readonly Person[], chat: Chat, search: string): readonly Person[] {
  if (search === "") return [];
  const chats = chat.rooms.value.filter(({ kind }) => kind === "private");
  const known = new Set(
    chats.flatMap(({ people: [only, ...more] }) => (more.length ? [] : only?.id)),
  );
  return people.filter(({ id }) => !known.has(id));
}

function roomOption(chat: Chat, room: RoomInfo): Option {
  return {
    key: `room-${room.id.replace(":", "-")}`,
    picture: <RoomPicture chat={chat} room={room} />,
    name: titleOf(room),
    what: room.unread > 0 ? "New messages" : KINDS[room.kind],
    choose: () => chat.go(room.id),
  };
}

const KINDS: Readonly<Record<RoomInfo["kind"], string>> = {
  general: "Everyone",
  open: "Open room",
  closed: "Closed room",
  private: "Private chat",
};

function personOption(chat: Chat, person: Person, choose: () => void): Option {
  return {
    key: `person-${person.id}`,
    picture: <PersonPicture chat={chat} person={person} />,
    name: shownName(person),
    what: person.id === chat.me.id ? "Your notes" : "Talk in private",
    choose,
  };
}
