/** The round button with one's own initial, and what opens from it. */
import type { Me } from "#protocol/api.ts";
import { useSignal } from "@preact/signals";
import { Icon } from "#web/widgets/icon.tsx";
import type { IconName } from "#web/widgets/icon.tsx";
import { Avatar } from "#web/widgets/avatar.tsx";

/** What it leads to: panels of these names. */
export type AccountPanel = "profile" | "preferences" | "devices" | "password" | "invite" | "leave";

export interface AccountMenuProps {
  readonly me: Me;
  readonly signOut: () => Promise<void>;
  readonly open: (panel: AccountPanel) => void;
}

const ITEMS: readonly (readonly [AccountPanel, IconName, string])[] = [
  ["profile", "person", "Profile"],
  ["preferences", "settings", "Settings"],
  ["devices", "device", "Devices"],
  ["password", "key", "Change password"],
  ["leave", "download", "Your data"],
];
const FOR_ADMINS: typeof ITEMS = [["invite", "invite", "Invite people"]];

export function AccountMenu({ me, signOut, open }: AccountMenuProps) {
  const trouble = useSignal("");
  const busy = useSignal(false);
  const leave = async () => {
    if (busy.value) return;
    busy.value = true;
    trouble.value = "";
    try {
      await signOut();
    } catch {
      trouble.value = "The server could not be told. Please try again when you are connected.";
    } finally {
      busy.value = false;
    }
  };
  const isAdmin = me.role === "owner" || me.role === "admin";
  const items = isAdmin ? [...ITEMS, ...FOR_ADMINS] : ITEMS;
  return (
    <div class="account">
      <button type="button" class="account-button" popovertarget="account-menu">
        <Avatar person={me} />
        <span class="visually-hidden">Your account, {me.username}</span>
      </button>
      <div id="account-menu" class="account-menu" popover="auto">
        <p class="account-who">
          Signed in as <bdi>{me.username}</bdi>
        </p>
        {items.map(([panel, icon, words]) => (
          <button
            key={panel}
            type="button"
            class="account-item"
            popovertarget="account-menu"
            popovertargetaction="hide"
            onClick={() => open(panel)}
          >
            <Icon name={icon} /> {words}
          </button>
        ))}
        <button
          type="button"
          class="account-item"
          aria-disabled={busy.value}
          onClick={() => void leave()}
        >
          <Icon name="leave" /> Sign out
        </button>
        <p class="account-trouble" role="alert">
          {trouble}
        </p>
      </div>
    </div>
  );
}
