/** The way to the administration, in the menu of one's account; nothing for who is no admin. */
import { LIMITS } from "#protocol/limits.ts";
import type { Chat } from "#web/chat/chat.ts";
import { Icon } from "#web/widgets/icon.tsx";
import { isAdmin } from "./open-reports.ts";

export function AdminItem({ chat }: { readonly chat: Chat }) {
  if (!isAdmin(chat)) return null;
  return (
    <button
      type="button"
      class="account-item"
      popovertarget="account-menu"
      popovertargetaction="hide"
      onClick={() => (chat.panel.value = { kind: "admin" })}
    >
      <Icon name="shield" /> Administration <ReportsBadge chat={chat} />
    </button>
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
