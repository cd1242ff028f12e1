/** A reported message among its neighbours, who reported it and why, and the decision. */
import type { Message } from "#protocol/message.ts";
import type { Decision, Report, Verdict } from "#protocol/reports.ts";
import { GENERAL, GENERAL_NAME } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { momentOf } from "#web/chat/moments.ts";
import { reasonName } from "#web/panels/message/reasons.ts";
import { isoTimeOf } from "#web/room/timeline/times.ts";

export interface ReportCardProps {
  readonly chat: Chat;
  readonly report: Report;
  readonly busy: boolean;
  readonly decide: (verdict: Verdict) => void;
}

export function ReportCard({ chat, report, busy, decide }: ReportCardProps) {
  const { id, state, message, from, messages, reports, decision } = report;
  const nameOf = (user: number) => (user === chat.me.id ? "You" : (chat.nameOf(user) ?? "…"));
  return (
    <li class="report" aria-labelledby={`report-${id}`}>
      <h4 id={`report-${id}`} class="report-title">
        <bdi>{nameOf(from)}</bdi> in <bdi>{roomNameOf(report)}</bdi>
      </h4>
      {messages.length === 0 ? (
        <p class="dialog-hint">The room is gone, with everything said in it.</p>
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets
        <ol class="report-context" role="list">
          {messages.map((each) => (
            <Line
              key={each.id}
              message={each}
              isReported={each.id === message}
              name={nameOf(each.from)}
            />
          ))}
        </ol>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="report-reasons" role="list" aria-label="Reported by">
        {reports.map(({ by, reason, words, date }) => (
          <li key={by}>
            <bdi class="report-name">{nameOf(by)}</bdi> reported it: {reasonName(reason)}
            {words !== undefined && (
              <>
                , <q dir="auto">{words}</q>
              </>
            )}{" "}
            <Moment date={date} />
          </li>
        ))}
      </ul>
      {decision !== undefined && <Decided decision={decision} state={state} nameOf={nameOf} />}
      {state === "open" && <Verdicts name={nameOf(from)} busy={busy} decide={decide} />}
    </li>
  );
}

function roomNameOf({ room, roomName, messages }: Report): string {
  if (room === GENERAL) return GENERAL_NAME;
  if (roomName !== "") return roomName;
  return messages.length === 0 ? "a room that is gone" : "a private chat";
}

interface LineProps {
  readonly message: Message;
  readonly isReported: boolean;
  readonly name: string;
}

function Line({ message, isReported, name }: LineProps) {
  return (
    <li class="report-line" data-reported={isReported}>
      {isReported && <span class="visually-hidden">The reported message: </span>}
      <bdi class="report-name">{name}</bdi> <Moment date={message.date} />
      <p class="report-text" dir="auto">
        {message.deleted === undefined ? message.message : <em>This message was deleted.</em>}
      </p>
    </li>
  );
}

function Moment({ date }: { readonly date: number }) {
  return (
    <time class="report-when" dateTime={isoTimeOf(date)}>
      {momentOf(date)}
    </time>
  );
}

interface DecidedProps {
  readonly decision: Decision;
  readonly state: Report["state"];
  readonly nameOf: (user: number) => string;
}

function Decided({ decision: { verdict, by, date }, state, nameOf }: DecidedProps) {
  return (
    <p class="report-decision">
      {state === "open" && "Reported again. Before, it was decided: "}
      {VERDICTS[verdict]} by <bdi>{nameOf(by)}</bdi> <Moment date={date} />
    </p>
  );
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  dismiss: "Dismissed",
  delete: "Deleted",
  suspend: "Deleted, and its author suspended,",
};

interface VerdictsProps {
  readonly name: string;
  readonly busy: boolean;
  readonly decide: (verdict: Verdict) => void;
}

/** Suspending is asked for twice. */
function Verdicts({ name, busy, decide }: VerdictsProps) {
  const isAsked = useSignal(false);
  if (isAsked.value) {
    return (
      <fieldset class="confirm">
        <legend class="visually-hidden">Are you sure?</legend>
        <p>
          The message is deleted, and <bdi>{name}</bdi> is signed out everywhere and cannot sign in
          again until you lift it.
        </p>
        <button
          type="button"
          class="button-small danger"
          aria-disabled={busy}
          onClick={() => decide("suspend")}
        >
          Delete and suspend
        </button>
        <button type="button" class="button-quiet" onClick={() => (isAsked.value = false)}>
          Not yet
        </button>
      </fieldset>
    );
  }
  return (
    <div class="report-verdicts">
      <button
        type="button"
        class="button-quiet"
        aria-disabled={busy}
        onClick={() => decide("dismiss")}
      >
        Dismiss
      </button>
      <button
        type="button"
        class="button-quiet danger"
        aria-disabled={busy}
        onClick={() => decide("delete")}
      >
        Delete the message
      </button>
      <button type="button" class="button-quiet danger" onClick={() => (isAsked.value = true)}>
        Delete and suspend…
      </button>
    </div>
  );
}
