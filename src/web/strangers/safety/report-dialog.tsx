/** Reporting a stranger: the lines that go along, seen before they are sent, and the reason. */
import { STRANGER_REPORT_REASONS } from "#protocol/stranger.ts";
import type { StrangerReportReason } from "#protocol/stranger.ts";
import type { ShownLine } from "#sdk/strangers/state.ts";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import { Dialog } from "#web/widgets/dialog.tsx";

const REASONS: Readonly<Record<StrangerReportReason, string>> = {
  minor: "They are under 18, or it is about a minor",
  threat: "Threats or violence",
  sexual: "Sexual, without my consent",
  hate: "Hate or harassment",
  spam: "Spam or fraud",
  other: "Something else",
};

export interface ReportDialogProps {
  readonly view: StrangerView;
  readonly theirName: string;
  readonly onClose: () => void;
}

export function ReportDialog({ view, theirName, onClose }: ReportDialogProps) {
  const { lines, reportable } = view.moment.value;
  const left = useSignal<ReadonlySet<string>>(new Set());
  const trouble = useSignal("");
  const isSending = useSignal(false);
  const known = new Set(reportable);
  const shown = lines.filter(({ id }) => known.has(id));
  const chosen = new Set(shown.map(({ id }) => id).filter((id) => !left.value.has(id)));
  const over = chosen.size - view.fitting(chosen).size;
  const send = async (reason: StrangerReportReason) => {
    if (isSending.peek()) return;
    isSending.value = true;
    trouble.value = "";
    try {
      await view.report(reason, chosen);
      onClose();
    } catch (error) {
      trouble.value = error instanceof Error ? error.message : "That could not be sent.";
    } finally {
      isSending.value = false;
    }
  };
  return (
    <Dialog title={`Report ${theirName}`} shape="wide" onClose={onClose}>
      <p class="dialog-hint">
        Choosing a reason sends these lines to whoever runs this Klatch, ends the chat, and blocks
        them. Nothing else of it is kept.
      </p>
      <Excerpt lines={shown} theirName={theirName} left={left} />
      {over > 0 && (
        <output class="dialog-hint">
          That is too much for one report: the oldest {over === 1 ? "line" : `${over} lines`} of
          these will stay here.
        </output>
      )}
      <p role="alert" class="form-alert">
        {trouble.value}
      </p>
      <fieldset class="report-reasons">
        <legend>Reason</legend>
        {STRANGER_REPORT_REASONS.map((reason) => (
          <button
            key={reason}
            type="button"
            class="button-quiet danger"
            aria-disabled={isSending.value}
            onClick={() => void send(reason)}
          >
            {REASONS[reason]}
          </button>
        ))}
      </fieldset>
    </Dialog>
  );
}

interface ExcerptProps {
  readonly lines: readonly ShownLine[];
  readonly theirName: string;
  /** Ids of lines that are not to go along. */
  readonly left: Signal<ReadonlySet<string>>;
}

function Excerpt({ lines, theirName, left }: ExcerptProps) {
  if (lines.length === 0) return <p>There are no lines to send along.</p>;
  const toggle = (id: string) => {
    const others = [...left.peek()].filter((each) => each !== id);
    left.value = new Set(left.peek().has(id) ? others : [...others, id]);
  };
  return (
    <fieldset class="excerpt">
      <legend>Lines to send</legend>
      {lines.map(({ id, from, text }) => {
        const who = from === "you" ? "You" : theirName;
        return (
          <label key={id} class="excerpt-line" aria-label={`${who}: ${text}`}>
            <input type="checkbox" checked={!left.value.has(id)} onChange={() => toggle(id)} />
            <span>
              <b>{who}:</b> <bdi>{text}</bdi>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
