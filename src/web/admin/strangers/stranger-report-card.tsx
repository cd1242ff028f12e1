/** One report of a stranger: the lines that were shown, and the decision. */
import type { StrangerReport } from "#protocol/stranger.ts";
import { LIMITS } from "#protocol/limits.ts";
import { useSignal } from "@preact/signals";
import { momentOf } from "#web/chat/moments.ts";
import { isoTimeOf } from "#web/room/timeline/times.ts";
import { REASON_NAMES } from "./reason-names.ts";

export interface StrangerReportCardProps {
  readonly report: StrangerReport;
  readonly busy: boolean;
  readonly dismiss: () => void;
  readonly ban: (days: number) => void;
}

const DAYS = Array.from({ length: LIMITS.strangerBanDaysMax }, (_, at) => at + 1);

export function StrangerReportCard({ report, busy, dismiss, ban }: StrangerReportCardProps) {
  const { id, reason, at, excerpt, canBan } = report;
  const isUrgent = reason === "minor" || reason === "threat";
  return (
    <li class="report" aria-labelledby={`stranger-report-${id}`}>
      <h4 id={`stranger-report-${id}`} class="report-title">
        {REASON_NAMES[reason]} {isUrgent && <span class="tag tag-danger">Urgent</span>}{" "}
        <time class="report-when" dateTime={isoTimeOf(at)}>
          {momentOf(at)}
        </time>
      </h4>
      {excerpt.length === 0 ? (
        <p class="dialog-hint">Reported without a line.</p>
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets
        <ol class="report-context" role="list" aria-label="What was said">
          {excerpt.map((line, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- because the lines of a report never change
            <li key={place} class="report-line" data-reported={line.by === "reported"}>
              <span class="report-name">
                {line.by === "reported" ? "Reported one" : "Who reports"}
              </span>{" "}
              <time class="report-when" dateTime={isoTimeOf(line.at)}>
                {momentOf(line.at)}
              </time>
              <p class="report-text" dir="auto">
                {line.text}
              </p>
            </li>
          ))}
        </ol>
      )}
      <Verdicts canBan={canBan} busy={busy} dismiss={dismiss} ban={ban} />
    </li>
  );
}

type VerdictsProps = Omit<StrangerReportCardProps, "report"> & Pick<StrangerReport, "canBan">;

function Verdicts({ canBan, busy, dismiss, ban }: VerdictsProps) {
  const days = useSignal(1);
  return (
    <div class="report-verdicts">
      <button type="button" class="button-quiet" aria-disabled={busy} onClick={dismiss}>
        Dismiss
      </button>
      {canBan ? (
        <span class="stranger-ban">
          <label>
            <span class="visually-hidden">Ban their network for</span>
            <select
              value={days.value}
              onChange={(event) => (days.value = Number(event.currentTarget.value))}
            >
              {DAYS.map((count) => (
                <option key={count} value={count}>
                  {count === 1 ? "1 day" : `${count} days`}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            class="button-quiet danger"
            aria-disabled={busy}
            onClick={() => ban(days.value)}
          >
            Ban their network
          </button>
        </span>
      ) : (
        <p class="dialog-hint">Where they came from is forgotten: nobody can be banned for it.</p>
      )}
    </div>
  );
}
