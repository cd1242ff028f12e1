/** Where one writes. Never disabled: what cannot go now waits its turn. */
import { LIMITS } from "#protocol/limits.ts";
import { countChars } from "#protocol/message.ts";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { ComposerState, asksToSend } from "./composer-state.ts";
import type { Draft } from "./draft.ts";
import { Icon } from "#web/widgets/icon.tsx";
import type { Writing } from "#web/room/timeline/actions/message-actions.ts";

type BoxRef = RefObject<HTMLTextAreaElement | null>;

export interface ComposerProps {
  readonly roomName: string;
  readonly draft: Draft;
  readonly boxRef: BoxRef;
  /** Takes the message over; throws KlatchError with words when it may not be sent. */
  readonly send: (text: string) => void;
  /** What is written besides a new message: an answer, or a change of one's own. */
  readonly writing: Writing | undefined;
  /** The line above the box that says so. */
  readonly about: ComponentChildren;
  readonly endWriting: () => void;
  /** Rejects with words. */
  readonly saveEdit: (text: string) => Promise<void>;
  /** Arrow Up in an empty box; answers whether there was something to edit. */
  readonly editLast: () => boolean;
  /** Page Up and Page Down read back without leaving the box: −1 or 1. */
  readonly scrollPages: (pages: number) => void;
}

/** Characters left at which the count appears. */
const COUNT_FROM = 400;

export function Composer(props: ComposerProps) {
  const { roomName, draft, boxRef, send, scrollPages, writing, endWriting } = props;
  const state = useMemo(() => new ComposerState(draft), [draft]);
  const touch = useTouch();
  const text = state.text.value;
  useBoxHeight(boxRef, text);
  useKeptDraft(state);
  useEffect(() => {
    // On a phone this would open the keyboard over what one came to read.
    if (!touch) boxRef.current?.focus({ preventScroll: true });
  }, []);
  useWriting(state, writing, boxRef);
  const submit = () => {
    if (writing?.as === "edit") void state.submitEdit(props.saveEdit);
    else state.submit(send);
    boxRef.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = event.key === "PageUp" ? -1 : event.key === "PageDown" ? 1 : 0;
    if (page !== 0 && !isScrollable(boxRef.current)) scrollPages(page);
    else if (asksToSend(event, touch)) submit();
    else if (event.key === "Escape" && writing !== undefined) endWriting();
    else if (event.key === "ArrowUp" && text === "" && !writing && props.editLast()) return;
    else return;
    event.preventDefault();
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    submit();
  };
  const left = LIMITS.messageCharsMax - countChars(text);
  return (
    <form class="composer" aria-label={`Message ${roomName}`} onSubmit={onSubmit}>
      <p role="alert" class="composer-trouble">
        {state.trouble}
      </p>
      {props.about}
      <div class="composer-box">
        <textarea
          ref={boxRef}
          id="composer"
          rows={1}
          dir="auto"
          aria-label={`Message ${roomName}`}
          placeholder={`Message ${roomName}`}
          autocapitalize="sentences"
          autocomplete="off"
          enterkeyhint={touch ? "enter" : "send"}
          value={text}
          onInput={(event) => state.edit(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <SendButton ready={text.trim() !== "" && left >= 0} />
      </div>
      <p class="composer-count" data-over={left < 0} hidden={left > COUNT_FROM}>
        {left < 0 ? `${-left} too many` : `${left} left`}
      </p>
    </form>
  );
}

/** What is edited takes the place of what was begun, which comes back afterwards. */
function useWriting(state: ComposerState, writing: Writing | undefined, boxRef: BoxRef): void {
  // With the line that says so, and not a moment later: keys are for the box from then on.
  useLayoutEffect(() => {
    if (writing?.as === "edit") state.beginEditing(writing.entry.text);
    else state.endEditing();
    if (writing !== undefined) boxRef.current?.focus();
  }, [writing]);
}

function SendButton({ ready }: { readonly ready: boolean }) {
  return (
    <button
      type="submit"
      class="send-button"
      aria-label="Send"
      data-ready={ready}
      // Pressing must not take the focus, or a phone's keyboard would close.
      onPointerDown={(event) => event.preventDefault()}
    >
      <Icon name="send" />
    </button>
  );
}

function isScrollable(box: HTMLTextAreaElement | null): boolean {
  return box !== null && box.scrollHeight > box.clientHeight + 1;
}

/** Whether one writes with a touch keyboard. */
function useTouch(): boolean {
  const query = useMemo(() => matchMedia("(hover: none) and (pointer: coarse)"), []);
  const touch = useSignal(query.matches);
  useEffect(() => {
    const look = () => (touch.value = query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, [query]);
  return touch.value;
}

/** Writes the draft down when the page or the room is left. */
function useKeptDraft(state: ComposerState): void {
  useEffect(() => {
    const keep = () => state.flush();
    addEventListener("pagehide", keep);
    return () => {
      keep();
      removeEventListener("pagehide", keep);
    };
  }, [state]);
}

/** Lets the box grow with its text where CSS `field-sizing` does not yet do it. */
function useBoxHeight(boxRef: BoxRef, text: string): void {
  useLayoutEffect(() => {
    const box = boxRef.current;
    if (!box || CSS.supports("field-sizing", "content")) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }, [text]);
}
