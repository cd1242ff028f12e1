/** What the menu of one's account offers beside settings, password and sign-out. */
import { AdminItem } from "#web/admin/admin-item.tsx";
import type { Chat } from "#web/chat/chat.ts";
import { AccountItem } from "./account-item.tsx";

export function MoreItems({ chat }: { readonly chat: Chat }) {
  return (
    <>
      <AccountItem icon="block" act={() => (chat.panel.value = { kind: "blocked-people" })}>
        People you block
      </AccountItem>
      <AdminItem chat={chat} />
    </>
  );
}
