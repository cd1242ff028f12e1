/** What was said in a chat with a stranger; follows the newest line unless one reads back. */
import type { Pair } from "#protocol/stranger.ts";
import type { ShownLine } from "#sdk/strangers/state.ts";
import { MaybeCovered } from "#web/strangers/safety/covered.tsx";
import { InertText } from "#web/strangers/safety/inert-text.tsx";
import { isRude } from "#web/strangers/safety/rude-words.ts";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import { sharedWords } from "#web/strangers/status-words.ts";
import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { MaskPicture } from "./mask-picture.tsx";

export interface StrangerLinesProps {
  readonly view: StrangerView;
  readonly pair: Pair;
}

/** Nearer to the end than this, in pixels, one is at the end. */
const END_PX = 100;
/** Lines kept for who hears the page; older ones have been read. */
const SPOKEN_MAX = 20;

export function StrangerLines({ view, pair }: StrangerLinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const { lines } = view.moment.value;
  useLayoutEffect(() => {
    const { current } = box;
    const isOwn = lines.at(-1)?.from === "you";
    if (current && (isAtEnd.current || isOwn)) current.scrollTop = current.scrollHeight;
  }, [lines]);
  const look = () => {
    const { current } = box;
    if (current === null) return;
    isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < END_PX;
  };
  return (
    <section
      ref={box}
      class="strangers-scroller"
      aria-label="What was said"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- because arrows scroll it
      tabIndex={0}
      onScroll={look}
    >
      <p class="strangers-hello">
        You are talking to a stranger. {sharedWords(pair.shared) || "Say hello!"}
      </p>
      <ol class="strangers-lines">
        {lines.map((line, at) => (
          <Fragment key={line.id}>
            {view.unreadFrom.value === line.id && (
              <li class="strangers-unread">
                <span>New</span>
              </li>
            )}
            <Line
              view={view}
              pair={pair}
              line={line}
              before={lines[at - 1]}
              after={lines[at + 1]}
            />
          </Fragment>
        ))}
      </ol>
      <Spoken view={view} name={pair.they.name} />
    </section>
  );
}

interface LineProps extends StrangerLinesProps {
  readonly line: ShownLine;
  readonly before: ShownLine | undefined;
  readonly after: ShownLine | undefined;
}

function Line({ view, pair, line, before, after }: LineProps) {
  const isMine = line.from === "you";
  const mask = isMine ? pair.you : pair.they;
  const isOpening = before?.from !== line.from;
  const isClosing = after?.from !== line.from;
  return (
    <li
      class="message"
      data-mine={isMine}
      data-hue="mask"
      style={{ "--hue": mask.hue }}
      data-opens={isOpening}
      data-closes={isClosing}
      data-state={line.state}
    >
      {!isMine && isOpening && <MaskPicture mask={mask} />}
      {!isMine && isOpening && (
        <div class="message-head">
          <bdi class="author">{mask.name}</bdi>
        </div>
      )}
      <div class="message-line">
        <div class="bubble">
          {isMine ? (
            <>
              <span class="visually-hidden">You: </span>
              <InertText text={line.text} />
            </>
          ) : (
            <MaybeCovered text={line.text} isFiltered={view.filter.value} />
          )}
        </div>
        {isMine && <Tick state={line.state} />}
      </div>
    </li>
  );
}

const TICKS = { sending: "Sending", sent: "Sent", delivered: "Delivered" } as const;

function Tick({ state = "sending" }: { readonly state: ShownLine["state"] }) {
  return (
    <span class="tick" data-state={state} title={TICKS[state]}>
      <svg viewBox="0 0 20 12" aria-hidden="true" focusable="false">
        {state !== "sending" && <path d="M1.500 6.500 5 10 11.500 2" />}
        {state === "delivered" && <path d="M9.500 8.500 11 10 18 2" />}
      </svg>
      <span class="visually-hidden">{TICKS[state]}</span>
    </span>
  );
}

/** New lines of the stranger for who hears the page; a covered one is not read out. */
function Spoken({ view, name }: { readonly view: StrangerView; readonly name: string }) {
  const theirs = view.moment.value.lines.filter(({ from }) => from === "they").slice(-SPOKEN_MAX);
  return (
    <div role="log" aria-label="New lines" class="visually-hidden">
      {theirs.map(({ id, text }) => (
        <p key={id}>
          {name}: {view.filter.value && isRude(text) ? "A line that may be rude." : text}
        </p>
      ))}
    </div>
  );
}
