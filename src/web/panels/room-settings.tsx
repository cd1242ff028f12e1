/** What a moderator may change of a room: name, topic, who writes, archive, delete. */
import type { Posting, Room as RoomInfo } from "#protocol/room.ts";
import { roomNameProblem, topicProblem } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { titleOf } from "#web/chat/room-title.ts";
import { useTask } from "#web/chat/task.ts";
import { Choice } from "#web/widgets/choice.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";
import type { RoomPanelProps } from "./members-panel.tsx";
import { RoomWords } from "./room-words.tsx";

export function RoomSettings({ chat, id, onClose }: RoomPanelProps) {
  const room = chat.room(id);
  if (room === undefined) return null;
  return (
    <Dialog title={`Settings of ${titleOf(room)}`} shape="drawer" onClose={onClose}>
      <AboutForm chat={chat} room={room} onClose={onClose} />
      {room.kind !== "general" && <EndForm chat={chat} room={room} onClose={onClose} />}
    </Dialog>
  );
}

interface FormProps {
  readonly chat: Chat;
  readonly room: RoomInfo;
  readonly onClose: () => void;
}

function AboutForm({ chat, room, onClose }: FormProps) {
  const name = useSignal(titleOf(room));
  const topic = useSignal(room.topic);
  const posting = useSignal<Posting>(room.posting);
  const task = useTask();
  const submit = (event: Event) => {
    event.preventDefault();
    const about = { name: name.value.trim(), topic: topic.value.trim(), posting: posting.value };
    const problem = roomNameProblem(about.name) ?? topicProblem(about.topic);
    if (problem !== undefined) return task.refuse(problem);
    task.run(async () => {
      await chat.directory.change(room.id, about);
      onClose();
    });
  };
  return (
    <form class="dialog-form" noValidate aria-busy={task.busy} onSubmit={submit}>
      <RoomWords name={name} topic={topic} />
      <Choice
        legend="Who may write"
        name="room-posting"
        value={posting.value}
        onValue={(value) => (posting.value = value)}
        options={[
          ["everyone", "Everyone", "All people in the room."],
          ["moderators", "Moderators", "Others read along."],
        ]}
      />
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      <button type="submit" class="button-primary" aria-disabled={task.busy}>
        Save
      </button>
    </form>
  );
}

function EndForm({ chat, room, onClose }: FormProps) {
  const isAsked = useSignal(false);
  const task = useTask();
  const { id, archived } = room;
  const archive = () =>
    task.run(async () => void (await chat.directory.change(id, { archived: !archived })));
  const remove = () =>
    task.run(async () => {
      await chat.directory.delete(id);
      onClose();
      if (chat.place.room.peek() === id) chat.place.forget();
    });
  return (
    <section class="drawer-end" aria-label="Closing the room">
      <p class="dialog-hint">
        {archived
          ? "It is archived: people can read it, and nothing more can be said."
          : "An archived room can be read, and nothing more can be said in it."}
      </p>
      <button type="button" class="button-quiet" aria-disabled={task.busy} onClick={archive}>
        {archived ? "Open it again" : "Archive the room"}
      </button>
      {isAsked.value ? (
        <fieldset class="confirm">
          <legend class="visually-hidden">Are you sure?</legend>
          <p>Everything said in {titleOf(room)} goes, for everyone, and cannot be brought back.</p>
          <button type="button" class="button-small danger" onClick={remove}>
            Delete for good
          </button>
          <button type="button" class="button-quiet" onClick={() => (isAsked.value = false)}>
            Keep it
          </button>
        </fieldset>
      ) : (
        <button type="button" class="button-quiet danger" onClick={() => (isAsked.value = true)}>
          Delete the room
        </button>
      )}
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
    </section>
  );
}
