/** The way to the administration, in the menu of one's account; nothing for who is no admin. */
import { LIMITS } from "#protocol/limits.ts";
import type { Chat } from "#web/chat/chat.ts";
import { AccountItem } from "#web/account/account-item.tsx";
import { isAdmin } from "./open-reports.ts";

export function AdminItem({ chat }: { readonly chat: Chat }) {
  if (!isAdmin(chat)) return null;
  return (
    <AccountItem icon="shield" act={() => (chat.panel.value = { kind: "admin" })}>
      Administration <ReportsBadge chat={chat} />
    </AccountItem>
  );
}

/** How many reports wait for a decision. */
export function ReportsBadge({ chat }: { readonly chat: Chat }) {
  const count = chat.openReports.value;
  if (count === 0) return null;
  const words = count >= LIMITS.reportsShownMax ? `${count}+` : String(count);
  return (
    <span class="reports-badge">
      <span aria-hidden="true">{words}</span>
      <span class="visually-hidden">, open reports: {words}</span>
    </span>
  );
}
