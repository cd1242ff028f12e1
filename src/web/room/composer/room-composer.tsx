/** The composer of a room: new messages, answers, and changes of one's own. */
import type { Call } from "#protocol/message.ts";
import type { RefObject } from "preact";
import { Composer } from "./composer.tsx";
import type { ComposerProps } from "./composer.tsx";
import type { MessageActions, Writing } from "#web/room/timeline/actions/message-actions.ts";
import type { RoomView } from "#web/room/timeline/room-view.ts";
import type { TimelineControl } from "#web/room/timeline/timeline.tsx";
import { WritingLine } from "./writing-line.tsx";

type Passed = "roomName" | "draft" | "boxRef" | "callable" | "findOffers" | "onTyping";

export interface RoomComposerProps extends Pick<ComposerProps, Passed> {
  readonly view: RoomView;
  readonly actions: MessageActions;
  readonly me: number;
  readonly timeline: RefObject<TimelineControl | null>;
}

export function RoomComposer(props: RoomComposerProps) {
  const { view, actions, me, timeline } = props;
  const writing = actions.writing.value;
  const end = () => (actions.writing.value = undefined);
  const send = (text: string, calls: Call | undefined) => {
    view.room.send(text, {
      ...(writing !== undefined && { replyTo: writing.entry.id }),
      ...(calls !== undefined && { calls }),
    });
    end();
    timeline.current?.toLatest();
  };
  const saveEdit = async (text: string) => {
    if (writing === undefined) return;
    if (text !== writing.entry.text) await view.room.edit(writing.entry.id, text);
    if (actions.writing.peek() === writing) end();
  };
  const authorOf = ({ entry: { from } }: Writing) =>
    from === me ? "yourself" : (view.nameOf(from) ?? "…");
  return (
    <Composer
      roomName={props.roomName}
      draft={props.draft}
      boxRef={props.boxRef}
      callable={props.callable}
      findOffers={props.findOffers}
      onTyping={props.onTyping}
      send={send}
      writing={writing}
      about={writing && <WritingLine writing={writing} author={authorOf(writing)} end={end} />}
      endWriting={end}
      saveEdit={saveEdit}
      editLast={() => actions.editLast(view.room.entries)}
      scrollPages={(pages) => timeline.current?.scrollPages(pages)}
    />
  );
}
