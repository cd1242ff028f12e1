/** The composer of a room: new messages, answers, and changes of one's own. */
import type { RefObject } from "preact";
import { Composer } from "./composer.tsx";
import type { ComposerProps } from "./composer.tsx";
import type { MessageActions, Writing } from "#web/room/timeline/actions/message-actions.ts";
import type { RoomView } from "#web/room/timeline/room-view.ts";
import type { TimelineControl } from "#web/room/timeline/timeline.tsx";
import { WritingLine } from "./writing-line.tsx";

export interface RoomComposerProps extends Pick<ComposerProps, "roomName" | "draft" | "boxRef"> {
  readonly view: RoomView;
  readonly actions: MessageActions;
  readonly me: number;
  readonly timeline: RefObject<TimelineControl | null>;
}

export function RoomComposer(props: RoomComposerProps) {
  const { view, actions, me, timeline, roomName, draft, boxRef } = props;
  const writing = actions.writing.value;
  const end = () => (actions.writing.value = undefined);
  const send = (text: string) => {
    view.room.send(text, writing?.entry.id);
    end();
    timeline.current?.toLatest();
  };
  const saveEdit = async (text: string) => {
    if (writing === undefined) return;
    if (text !== writing.entry.text) await view.room.edit(writing.entry.id, text);
    if (actions.writing.peek() === writing) end();
  };
  const authorOf = ({ entry: { from } }: Writing) =>
    from === me ? "yourself" : (view.personOf(from)?.username ?? "…");
  return (
    <Composer
      roomName={roomName}
      draft={draft}
      boxRef={boxRef}
      send={send}
      writing={writing}
      about={writing && <WritingLine writing={writing} author={authorOf(writing)} end={end} />}
      endWriting={end}
      saveEdit={saveEdit}
      editLast={() => actions.editLast(view.moment.peek().entries)}
      scrollPages={(pages) => timeline.current?.scrollPages(pages)}
    />
  );
}
