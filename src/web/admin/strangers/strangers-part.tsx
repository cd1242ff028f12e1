/** Strangers, for admins: numbers, the switch, what was reported, and who is banned. */
import { useRef } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { BanList } from "./ban-list.tsx";
import { Figures } from "./figures.tsx";
import { StrangerReportCard } from "./stranger-report-card.tsx";
import { StrangerSwitch } from "./stranger-switch.tsx";
import { useDesk } from "./use-desk.ts";

export function StrangersPart({ chat }: { readonly chat: Chat }) {
  const desk = useDesk(chat);
  const { seen, told, task } = desk;
  const reportsHead = useRef<HTMLHeadingElement>(null);
  const bansHead = useRef<HTMLHeadingElement>(null);
  return (
    <div class="stranger-desk" aria-busy={seen === undefined}>
      <output class="dialog-hint">{told}</output>
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      {seen && (
        <>
          <StrangerSwitch figures={seen.figures} busy={task.busy} setOpen={desk.setOpen} />
          <Figures figures={seen.figures} />
          <h3 ref={reportsHead} class="report-head" tabIndex={-1}>
            Reports
          </h3>
          {seen.reports.length === 0 && (
            <p class="dialog-hint">
              Nothing waits for a decision. What nobody reports, nobody can read.
            </p>
          )}
          {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
          <ul class="reports" role="list">
            {seen.reports.map((report) => (
              <StrangerReportCard
                key={report.id}
                report={report}
                busy={task.busy}
                dismiss={() => desk.dismiss(report.id, () => reportsHead.current?.focus())}
                ban={(days) => desk.ban(report.id, days, () => reportsHead.current?.focus())}
              />
            ))}
          </ul>
          <h3 ref={bansHead} class="report-head" tabIndex={-1}>
            Bans
          </h3>
          <BanList
            bans={seen.bans}
            busy={task.busy}
            lift={(id) => desk.lift(id, () => bansHead.current?.focus())}
          />
        </>
      )}
    </div>
  );
}
