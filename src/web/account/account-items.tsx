/** What the menu of one's account offers. */
import { AdminItem } from "#web/admin/admin-item.tsx";
import { isAdmin } from "#web/admin/open-reports.ts";
import type { Chat } from "#web/chat/chat.ts";
import type { IconName } from "#web/widgets/icon.tsx";
import { AccountItem } from "./account-item.tsx";

type Kind =
  | "profile"
  | "preferences"
  | "devices"
  | "password"
  | "blocked-people"
  | "leave"
  | "invite";

const ITEMS: readonly (readonly [Kind, IconName, string])[] = [
  ["profile", "person", "Profile"],
  ["preferences", "settings", "Settings"],
  ["devices", "device", "Devices"],
  ["password", "key", "Change password"],
  ["blocked-people", "block", "People you block"],
  ["leave", "download", "Your data"],
];
const FOR_ADMINS: typeof ITEMS = [["invite", "invite", "Invite people"]];

export function AccountItems({ chat }: { readonly chat: Chat }) {
  const items = isAdmin(chat) ? [...ITEMS, ...FOR_ADMINS] : ITEMS;
  return (
    <>
      {items.map(([kind, icon, words]) => (
        <AccountItem key={kind} icon={icon} act={() => (chat.panel.value = { kind })}>
          {words}
        </AccountItem>
      ))}
      <AdminItem chat={chat} />
    </>
  );
}
