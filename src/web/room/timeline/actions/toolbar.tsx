/** The bar of a message: emoji, reply, edit and the rest, while the message is pointed at. */
import type { StoredEntry } from "#sdk/index.ts";
import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ActionIcon } from "./action-icon.tsx";
import type { ActionIconName } from "./action-icon.tsx";
import type { MessageActions } from "./message-actions.ts";

/** Offered at once; more are one step away. */
const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "🙏"] as const;

export interface ToolbarProps {
  readonly actions: MessageActions;
  readonly entry: StoredEntry;
}

export function Toolbar({ actions, entry }: ToolbarProps) {
  const isShown = useComputed(() => actions.shownAt.value === entry.cid);
  return isShown.value ? <Bar actions={actions} entry={entry} /> : null;
}

function Bar({ actions, entry }: ToolbarProps) {
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shown = bar.current;
    const top = shown?.closest(".scroller")?.getBoundingClientRect().top ?? 0;
    // Above the message, where there is room for it.
    if (shown && shown.getBoundingClientRect().top < top) shown.dataset["below"] = "true";
  }, []);
  const { port } = actions;
  return (
    <div ref={bar} class="toolbar" role="toolbar" aria-label="Actions">
      {port.mayReact() && <Emoji actions={actions} entry={entry} />}
      {port.maySay() && (
        <Tool icon="reply" words="Reply" act={() => actions.write("reply", entry)} />
      )}
      {actions.mayEdit(entry) && (
        <Tool icon="edit" words="Edit" act={() => actions.write("edit", entry)} />
      )}
      <Tool icon="link" words="Copy link" act={() => actions.copyLink(entry)} />
      <Tool icon="copy" words="Copy text" act={() => actions.copyText(entry)} />
      <Tool icon="unread" words="Mark unread from here" act={() => actions.markUnread(entry)} />
      {port.mayPin() && (
        <Tool
          icon="pin"
          words={entry.pinned === undefined ? "Pin" : "Unpin"}
          act={() => actions.togglePin(entry)}
        />
      )}
      {entry.from !== port.me && (
        <Tool icon="report" words="Report" act={() => port.askReport(entry)} />
      )}
      {actions.mayDelete(entry) && (
        <Tool icon="delete" words="Delete" act={() => port.askDelete(entry)} />
      )}
    </div>
  );
}

function Emoji({ actions, entry }: ToolbarProps) {
  return (
    <>
      {QUICK.map((emoji) => (
        <button
          key={emoji}
          type="button"
          class="tool tool-emoji"
          aria-label={`React with ${emoji}`}
          onClick={does(() => actions.toggle(entry, emoji))}
        >
          <span aria-hidden="true">{emoji}</span>
        </button>
      ))}
      <Tool
        icon="smile"
        words="React with another emoji"
        act={() => actions.port.askReact(entry)}
      />
    </>
  );
}

interface ToolProps {
  readonly icon: ActionIconName;
  readonly words: string;
  readonly act: () => void;
}

function Tool({ icon, words, act }: ToolProps) {
  return (
    <button type="button" class="tool" title={words} aria-label={words} onClick={does(act)}>
      <ActionIcon name={icon} />
    </button>
  );
}

/** What opens gives the focus back to the message: the bar may be gone by then. */
function does(act: () => void): (event: MouseEvent) => void {
  return ({ currentTarget }) => {
    if (currentTarget instanceof Element) focusRow(currentTarget);
    act();
  };
}

/** Gives the focus to the message that something is in. */
export function focusRow(within: Element): void {
  const row = within.closest(".message");
  if (row instanceof HTMLElement) row.focus({ preventScroll: true });
}
