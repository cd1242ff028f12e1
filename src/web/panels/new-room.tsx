/** Making a room: a name, a topic, and whether anyone may come in. */
import { roomNameProblem, topicProblem } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { Choice } from "#web/widgets/choice.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";
import { RoomWords } from "./room-words.tsx";

export function NewRoom({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  const name = useSignal("");
  const topic = useSignal("");
  const kind = useSignal<"open" | "closed">("open");
  const task = useTask();
  const submit = (event: Event) => {
    event.preventDefault();
    const room = { kind: kind.value, name: name.value.trim(), topic: topic.value.trim() };
    const problem = roomNameProblem(room.name) ?? topicProblem(room.topic);
    if (problem !== undefined) return task.refuse(problem);
    task.run(async () => {
      chat.go((await chat.directory.create(room)).id);
    });
  };
  return (
    <Dialog title="Make a room" onClose={onClose}>
      <form class="dialog-form" noValidate aria-busy={task.busy} onSubmit={submit}>
        <RoomWords
          name={name}
          topic={topic}
          topicHint="What it is about, in a line. You can leave it empty."
        />
        <Choice
          legend="Who may come in"
          name="room-kind"
          value={kind.value}
          onValue={(value) => (kind.value = value)}
          options={[
            ["open", "Open", "Listed for everyone here, and anyone may join."],
            ["closed", "Closed", "Only for people you bring in; others do not see it."],
          ]}
        />
        <div role="alert" class="form-alert">
          {task.trouble}
        </div>
        <button type="submit" class="button-primary" aria-disabled={task.busy}>
          Make the room
        </button>
      </form>
    </Dialog>
  );
}
