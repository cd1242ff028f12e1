/** Above the composer: which message is being answered or edited, and a way out. */
import { Icon } from "#web/widgets/icon.tsx";
import type { Writing } from "#web/room/timeline/actions/message-actions.ts";
import { lineOf } from "#web/room/timeline/actions/quote.tsx";

export interface WritingLineProps {
  readonly writing: Writing;
  /** Whose message it is, in words. */
  readonly author: string;
  readonly end: () => void;
}

export function WritingLine({ writing, author, end }: WritingLineProps) {
  const isEdit = writing.as === "edit";
  return (
    <div class="writing-line">
      <p>
        <span class="writing-what">{isEdit ? "Edit your message" : `Reply to ${author}`}</span>
        <span class="writing-text" dir="auto">
          {lineOf(writing.entry.text)}
        </span>
      </p>
      <button type="button" class="icon-button" onClick={end}>
        <Icon name="close" />
        <span class="visually-hidden">{isEdit ? "Stop editing" : "Do not reply"}</span>
      </button>
    </div>
  );
}
