/** Where one writes. Never disabled: what cannot go now waits its turn. */
import { LIMITS } from "#protocol/limits.ts";
import type { Call } from "#protocol/message.ts";
import { countChars, namesIn } from "#protocol/message.ts";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { CallLine } from "./call-line.tsx";
import { MENTION_LIST, MentionList, optionId } from "./mention-list.tsx";
import { MentionState, chooses } from "./mention-state.ts";
import type { FindOffers, Offer } from "./mention-state.ts";
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
  readonly send: (text: string, calls: Call | undefined) => void;
  /** How many people one may call at once, with `@room`; `undefined` where one may not. */
  readonly callable: number | undefined;
  /** Whom one may be about to name. */
  readonly findOffers: FindOffers;
  /** Something was typed. */
  readonly onTyping: () => void;
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
  const { roomName, boxRef, writing, callable } = props;
  const touch = useTouch();
  const writer = useWriter(props, touch);
  const { state, mention, isCalling } = writer;
  const text = state.text.value;
  useBoxHeight(boxRef, text);
  useKeptDraft(state);
  useEffect(() => {
    // On a phone this would open the keyboard over what one came to read.
    if (!touch) boxRef.current?.focus({ preventScroll: true });
  }, []);
  useWriting(state, writing, boxRef);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    writer.submit();
  };
  const left = LIMITS.messageCharsMax - countChars(text);
  const call = callable === undefined || writing?.as === "edit" ? undefined : callIn(text);
  return (
    <form class="composer" aria-label={`Message ${roomName}`} onSubmit={onSubmit}>
      <p role="alert" class="composer-trouble">
        {state.trouble}
      </p>
      {props.about}
      <MentionList state={mention} choose={writer.choose} />
      {call !== undefined && (
        <CallLine
          call={call}
          people={callable ?? 0}
          isCalling={isCalling.value}
          toggle={() => (isCalling.value = !isCalling.peek())}
        />
      )}
      <div class="composer-box">
        <Box {...props} writer={writer} touch={touch} />
        <SendButton ready={text.trim() !== "" && left >= 0} />
      </div>
      <p class="composer-count" data-over={left < 0} hidden={left > COUNT_FROM}>
        {left < 0 ? `${-left} too many` : `${left} left`}
      </p>
    </form>
  );
}

interface Writer {
  readonly state: ComposerState;
  readonly mention: MentionState;
  /** Whether everybody is meant, where the text says so. */
  readonly isCalling: Signal<boolean>;
  readonly submit: () => void;
  readonly choose: (offer: Offer) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** What the keys and buttons do. */
function useWriter(props: ComposerProps, touch: boolean): Writer {
  const { draft, boxRef, send, scrollPages, writing, endWriting } = props;
  const state = useMemo(() => new ComposerState(draft), [draft]);
  const mention = useMemo(() => new MentionState(props.findOffers), [draft]);
  const isCalling = useSignal(false);
  const submit = () => {
    mention.close();
    if (writing?.as === "edit") void state.submitEdit(props.saveEdit);
    else state.submit((text) => send(text, isCalling.peek() ? callIn(text) : undefined));
    isCalling.value = false;
    boxRef.current?.focus();
  };
  const choose = (offer: Offer) => {
    const { text, caret } = mention.put(offer, state.text.peek());
    state.edit(text);
    caretTo(boxRef.current, text, caret);
  };
  const isDone = (event: KeyboardEvent): boolean => {
    if (chooses(event, mention, choose)) return true;
    const page = event.key === "PageUp" ? -1 : event.key === "PageDown" ? 1 : 0;
    if (page !== 0 && !isScrollable(boxRef.current)) scrollPages(page);
    else if (asksToSend(event, touch)) submit();
    else if (event.key === "Escape" && writing !== undefined) endWriting();
    else {
      const isEmpty = state.text.peek() === "" && writing === undefined;
      return event.key === "ArrowUp" && isEmpty && props.editLast();
    }
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isDone(event)) event.preventDefault();
  };
  return { state, mention, isCalling, submit, choose, onKeyDown };
}

interface BoxProps extends ComposerProps {
  readonly writer: Writer;
  readonly touch: boolean;
}

function Box({ roomName, boxRef, onTyping, writer, touch }: BoxProps) {
  const { state, mention, onKeyDown } = writer;
  const isOffering = mention.offers.value.length > 0;
  return (
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
      value={state.text.value}
      aria-autocomplete="list"
      aria-controls={isOffering ? MENTION_LIST : undefined}
      aria-activedescendant={isOffering ? optionId(mention.active.value) : undefined}
      onInput={({ currentTarget }) => {
        state.edit(currentTarget.value);
        mention.look(currentTarget);
        if (currentTarget.value.trim() !== "") onTyping();
      }}
      onSelect={({ currentTarget }) => mention.look(currentTarget)}
      onBlur={() => mention.close()}
      onKeyDown={onKeyDown}
    />
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

/** Puts the text into the box at once, since the caret has to go into it. */
function caretTo(box: HTMLTextAreaElement | null, text: string, caret: number): void {
  if (box === null) return;
  box.value = text;
  box.focus();
  box.setSelectionRange(caret, caret);
}

/** `@room` or `@here`, if the text says so. */
function callIn(text: string): Call | undefined {
  const names = namesIn(text);
  return CALLS.find((call) => names.includes(call));
}

const CALLS: readonly Call[] = ["room", "here"];

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
