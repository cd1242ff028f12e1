/** Where one writes to a stranger, with the ways out beside it. */
import { LIMITS } from "#protocol/limits.ts";
import { countChars } from "#protocol/message.ts";
import { lineProblem } from "#protocol/stranger-line.ts";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { asksToSend } from "#web/room/composer/composer-state.ts";
import { TypingLine } from "#web/room/typing-line.tsx";
import { Icon } from "#web/widgets/icon.tsx";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import type { StrangerChatProps } from "./stranger-chat.tsx";

/** Characters left at which the count appears. */
const COUNT_FROM = 200;

export function StrangerComposer({ view, state }: StrangerChatProps) {
  const writing = useWriting(view);
  const { text, trouble, send } = writing;
  const left = LIMITS.strangerLineCharsMax - countChars(text.value);
  const isReady = text.value.trim() !== "" && left >= 0;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <>
      <TypingLine names={view.moment.value.isTheyTyping ? [state.pair.they.name] : []} />
      <form
        class="composer"
        aria-label="Message the stranger"
        autocomplete="off"
        onSubmit={onSubmit}
      >
        <p role="alert" class="composer-trouble">
          {trouble}
        </p>
        <div class="strangers-writing">
          <WaysOut view={view} />
          <div class="composer-box">
            <Box writing={writing} />
            <button
              type="submit"
              class="send-button"
              aria-label="Send"
              data-ready={isReady}
              // Pressing must not take the focus, or a phone's keyboard would close.
              onPointerDown={(event) => event.preventDefault()}
            >
              <Icon name="send" />
            </button>
          </div>
        </div>
        <p class="composer-count" data-over={left < 0} hidden={left > COUNT_FROM}>
          {left < 0 ? `${-left} too many` : `${left} left`}
        </p>
      </form>
    </>
  );
}

interface Writing {
  readonly box: RefObject<HTMLTextAreaElement | null>;
  readonly text: Signal<string>;
  readonly trouble: Signal<string>;
  readonly type: (text: string) => void;
  readonly send: () => void;
}

/** What is being written: in the page's memory, and gone with the chat. */
function useWriting(view: StrangerView): Writing {
  const box = useRef<HTMLTextAreaElement>(null);
  const text = useSignal("");
  const trouble = useSignal("");
  const send = () => {
    const line = text.peek().trim();
    if (line === "") return;
    trouble.value = lineProblem(line) ?? "";
    if (trouble.value !== "") return;
    try {
      view.say(line);
      text.value = "";
    } catch (error) {
      trouble.value = error instanceof Error ? error.message : "That could not be sent.";
    }
    box.current?.focus();
  };
  const type = (typed: string) => {
    text.value = typed;
    trouble.value = "";
    view.typing(typed.trim() !== "");
  };
  return { box, text, trouble, type, send };
}

function Box({ writing }: { readonly writing: Writing }) {
  const { box, text, type, send } = writing;
  const isTouch = matchMedia("(hover: none) and (pointer: coarse)").matches;
  useEffect(() => {
    // On a phone this would open the keyboard before one has seen whom one met.
    if (!isTouch) box.current?.focus({ preventScroll: true });
  }, []);
  useBoxHeight(box, text.value);
  return (
    <textarea
      ref={box}
      rows={1}
      dir="auto"
      aria-label="Message the stranger"
      placeholder="Say something"
      autocomplete="off"
      autocapitalize="sentences"
      enterkeyhint={isTouch ? "enter" : "send"}
      value={text.value}
      onInput={({ currentTarget }) => type(currentTarget.value)}
      onKeyDown={(event) => {
        if (!asksToSend(event, isTouch)) return;
        event.preventDefault();
        send();
      }}
    />
  );
}

function WaysOut({ view }: { readonly view: StrangerView }) {
  const isAsking = view.isAsking.value;
  return (
    <div class="ways-out">
      <button
        type="button"
        class="button-quiet danger"
        aria-keyshortcuts="Escape"
        title="End the chat (Esc twice)"
        onClick={() => view.end()}
      >
        {isAsking ? "Really?" : "End"}
      </button>
      <button type="button" class="button-quiet" onClick={() => view.search()}>
        Next
      </button>
      <span role="alert" class="visually-hidden">
        {isAsking && "Really? Press Escape again to end the chat."}
      </span>
    </div>
  );
}

/** Lets the box grow with its text where CSS `field-sizing` does not yet do it. */
function useBoxHeight(box: { readonly current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    const { current } = box;
    if (!current || CSS.supports("field-sizing", "content")) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);
}
