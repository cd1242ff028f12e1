/** Finding open rooms: search, how many are in each, the newest message, and a way in. */
import type { OpenRoom } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { peopleCount, previewOf } from "#web/chat/room-title.ts";
import { useAnswer } from "#web/chat/search.ts";
import { useTask } from "#web/chat/task.ts";
import { Dialog } from "#web/widgets/dialog.tsx";
import { Icon } from "#web/widgets/icon.tsx";
import { SearchBox } from "#web/widgets/search-box.tsx";

export function OpenRooms({
  chat,
  onClose,
}: {
  readonly chat: Chat;
  readonly onClose: () => void;
}) {
  const words = useSignal("");
  const { found, trouble } = useAnswer(words.value.trim(), (search) =>
    chat.directory.openRooms(search),
  );
  const task = useTask();
  const enter = ({ id }: OpenRoom) =>
    task.run(async () => {
      await chat.directory.enter(id, chat.me.id);
      chat.go(id);
    });
  const rooms = found?.rooms ?? [];
  return (
    <Dialog title="Open rooms" onClose={onClose}>
      <SearchBox label="Search by name or topic" value={words} />
      <div role="alert" class="form-alert">
        {task.trouble || trouble}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="open-rooms" role="list" aria-busy={found === undefined}>
        {rooms.map((room) => (
          <OpenRoomRow key={room.id} chat={chat} room={room} enter={enter} busy={task.busy} />
        ))}
      </ul>
      <output class="dialog-hint">
        {found !== undefined && rooms.length === 0 && nothingFound(words.value)}
      </output>
    </Dialog>
  );
}

interface OpenRoomRowProps {
  readonly chat: Chat;
  readonly room: OpenRoom;
  readonly enter: (room: OpenRoom) => void;
  readonly busy: boolean;
}

function OpenRoomRow({ chat, room, enter, busy }: OpenRoomRowProps) {
  const { id, name, topic, members, last, isMember } = room;
  const about = {
    me: chat.me.id,
    nameOf: (user: number) => chat.nameOf(user),
    isBlocked: (user: number) => chat.isBlocked(user),
  };
  return (
    <li class="open-room">
      <span class="room-glyph" aria-hidden="true">
        <Icon name="hash" />
      </span>
      <div class="open-room-words">
        <p class="open-room-name">
          <bdi>{name}</bdi> <span class="open-room-count">{peopleCount(members)}</span>
        </p>
        {topic !== "" && (
          <p class="open-room-topic" dir="auto">
            {topic}
          </p>
        )}
        {last && (
          <p class="open-room-last" dir="auto">
            {previewOf(last, about)}
          </p>
        )}
      </div>
      <button
        type="button"
        class={isMember ? "button-quiet" : "button-small"}
        aria-label={`${isMember ? "Open" : "Join"} ${name}`}
        aria-disabled={busy}
        onClick={() => (isMember ? chat.go(id) : enter(room))}
      >
        {isMember ? "Open" : "Join"}
      </button>
    </li>
  );
}

function nothingFound(words: string): string {
  if (words.trim() === "") return "There are no open rooms yet. Make the first one.";
  return "No open room is called like this.";
}
