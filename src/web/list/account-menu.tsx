/** The round button with one's own initial, and what opens from it. */
import type { Me } from "#protocol/api.ts";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon } from "#web/widgets/icon.tsx";
import { AccountItem } from "./account-item.tsx";
import { Avatar } from "#web/room/timeline/avatar.tsx";

export interface AccountMenuProps {
  readonly me: Me;
  readonly signOut: () => Promise<void>;
  readonly changePassword: () => void;
  readonly showSettings: () => void;
  /** What else the menu offers, and a mark on the button. */
  readonly more: ComponentChildren;
  readonly badge: ComponentChildren;
}

export function AccountMenu(props: AccountMenuProps) {
  const { me, signOut, changePassword, showSettings, more, badge } = props;
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
  return (
    <div class="account">
      <button type="button" class="account-button" popovertarget="account-menu">
        <Avatar id={me.id} username={me.username} />
        <span class="visually-hidden">Your account, {me.username}</span>
        {badge}
      </button>
      <div id="account-menu" class="account-menu" popover="auto">
        <p class="account-who">
          Signed in as <bdi>{me.username}</bdi>
        </p>
        <AccountItem icon="settings" act={showSettings}>
          Settings
        </AccountItem>
        <AccountItem icon="key" act={changePassword}>
          Change password
        </AccountItem>
        {more}
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
