/** The administration: everybody, bots, strangers, and what was reported. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog } from "#web/widgets/dialog.tsx";
import { Tabs } from "#web/widgets/tabs.tsx";
import { BotsPart } from "./bots/bots-part.tsx";
import { ReportsBadge } from "./admin-item.tsx";
import type { AdminPanelProps } from "./lazy-admin.tsx";
import { isAdmin } from "./open-reports.ts";
import { PeoplePart } from "./people-part.tsx";
import { ReportsPart } from "./reports-part.tsx";
import { StrangersPart } from "./strangers/strangers-part.tsx";

export function AdminPanel({ chat, onClose }: AdminPanelProps) {
  // What waits comes first.
  const shown = useSignal<"people" | "bots" | "reports" | "strangers">(
    chat.openReports.peek() > 0 ? "reports" : "people",
  );
  const isOne = isAdmin(chat);
  useEffect(() => {
    if (isOne) return;
    onClose();
    chat.notice.value = "You do not look after this Klatch any more.";
  }, [isOne]);
  const reportsName = (
    <>
      Reports <ReportsBadge chat={chat} />
    </>
  );
  return (
    <Dialog title="Administration" shape="wide" onClose={onClose}>
      <Tabs
        id="admin"
        label="Parts of the administration"
        tabs={[
          { key: "people", name: "People" },
          { key: "reports", name: reportsName },
          { key: "bots", name: "Bots" },
          { key: "strangers", name: "Strangers" },
        ]}
        shown={shown.value}
        onShow={(key) => (shown.value = key)}
      >
        {shown.value === "people" && <PeoplePart chat={chat} />}
        {shown.value === "bots" && <BotsPart chat={chat} />}
        {shown.value === "strangers" && <StrangersPart chat={chat} />}
        {shown.value === "reports" && <ReportsPart chat={chat} />}
      </Tabs>
    </Dialog>
  );
}
