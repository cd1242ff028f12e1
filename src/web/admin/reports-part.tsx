/** What was reported: the queue, one decision after the other, and what was decided before. */
import type { Report, Verdict } from "#protocol/reports.ts";
import { KlatchError } from "#sdk/index.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { adminOf } from "./admin-of.ts";
import { ReportCard } from "./report-card.tsx";

interface Listed {
  readonly reports: readonly Report[];
  readonly after?: string | undefined;
}

export function ReportsPart({ chat }: { readonly chat: Chat }) {
  const queue = useQueue(chat);
  const { state, told, head, task } = queue;
  const isOpen = state === "open";
  const { reports, after } = queue.listed ?? {};
  return (
    <>
      <div class="report-states">
        <h3 ref={head} class="report-head" tabIndex={-1}>
          {HEADS[state]}
        </h3>
        <button
          type="button"
          class="button-quiet"
          onClick={() => queue.show(isOpen ? "closed" : "open")}
        >
          {isOpen ? "Show decided ones" : "Show open ones"}
        </button>
      </div>
      <output class="dialog-hint">{told}</output>
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="reports" role="list" aria-busy={reports === undefined}>
        {reports?.map((report) => (
          <ReportCard
            key={`${report.id}-${report.state}`}
            chat={chat}
            report={report}
            busy={task.busy}
            decide={(verdict) => queue.decide(report, verdict)}
          />
        ))}
      </ul>
      {reports?.length === 0 && <p class="dialog-hint">{NOTHING[state]}</p>}
      {after !== undefined && (
        <button
          type="button"
          class="button-quiet"
          aria-disabled={task.busy}
          onClick={() => queue.more(after)}
        >
          Show more
        </button>
      )}
    </>
  );
}

/** One of the two lists, and what is done with what is in it. */
function useQueue(chat: Chat) {
  const admin = adminOf(chat.klatch);
  const state = useSignal<Report["state"]>("open");
  const listed = useSignal<Listed | undefined>(undefined);
  const told = useSignal("");
  const head = useRef<HTMLHeadingElement>(null);
  const task = useTask();
  const load = async (after?: string): Promise<void> => {
    const asked = state.peek();
    const next = await admin.reports(asked, after);
    // One has turned to the other list meanwhile.
    if (asked !== state.peek()) return load();
    const before = after === undefined ? [] : (listed.peek()?.reports ?? []);
    listed.value = { reports: [...before, ...next.reports], after: next.after };
    if (asked === "open" && after === undefined) chat.openReports.value = next.reports.length;
  };
  useEffect(() => task.run(load), []);
  const show = (next: Report["state"]) => {
    state.value = next;
    listed.value = undefined;
    told.value = "";
    task.run(load);
  };
  const decide = (report: Report, verdict: Verdict) =>
    task.run(async () => {
      told.value = "";
      try {
        await admin.decide(report.id, verdict);
        told.value = DONE[verdict];
      } catch (error) {
        if (!(error instanceof KlatchError && error.code === "already-decided")) throw error;
        told.value = error.message;
      }
      await load();
      head.current?.focus();
    });
  return {
    state: state.value,
    listed: listed.value,
    told: told.value,
    head,
    task,
    show,
    decide,
    more: (after: string) => task.run(() => load(after)),
  };
}

const HEADS: Readonly<Record<Report["state"], string>> = {
  open: "Waiting for a decision",
  closed: "Decided",
};

const NOTHING: Readonly<Record<Report["state"], string>> = {
  open: "Nothing waits for a decision.",
  closed: "Nothing was decided in the last 90 days.",
};

const DONE: Readonly<Record<Verdict, string>> = {
  dismiss: "Dismissed: the message stays.",
  delete: "The message is deleted.",
  suspend: "The message is deleted, and who said it is suspended.",
};
