/** What the menu of one's account offers beside password and sign-out. */
import { AdminItem } from "#web/admin/admin-item.tsx";
import type { Chat } from "#web/chat/chat.ts";
import { Icon } from "#web/widgets/icon.tsx";

export function MoreItems({ chat }: { readonly chat: Chat }) {
  return (
    <>
      <button
        type="button"
        class="account-item"
        popovertarget="account-menu"
        popovertargetaction="hide"
        onClick={() => (chat.panel.value = { kind: "blocked-people" })}
      >
        <Icon name="block" /> People you block
      </button>
      <AdminItem chat={chat} />
    </>
  );
}
