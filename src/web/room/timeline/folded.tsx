/** In place of a message by somebody whom one blocks: that it is there, and a way to see it. */
import type { Entry } from "#sdk/index.ts";
import { BLOCKED_WORDS } from "#web/chat/room-title.ts";
import type { MessageActions } from "./actions/message-actions.ts";
import { focusRow } from "./actions/toolbar.tsx";

export interface FoldedProps {
  readonly actions: MessageActions;
  readonly entry: Entry;
  /** Whether Tab may stop here: only in the message one is at. */
  readonly tabbable: boolean;
}

export function Folded({ actions, entry, tabbable }: FoldedProps) {
  const show = ({ currentTarget }: MouseEvent) => {
    // The button goes; the message stays.
    if (currentTarget instanceof Element) focusRow(currentTarget);
    actions.unfold(entry);
  };
  return (
    <p class="folded">
      <span id={`text-${entry.cid}`}>{BLOCKED_WORDS}</span>
      <button type="button" class="button-link" tabIndex={tabbable ? 0 : -1} onClick={show}>
        Show
      </button>
    </p>
  );
}
