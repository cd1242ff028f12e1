/** The round button with one's own initial, and what opens from it. */
import type { Person } from "#protocol/person.ts";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon } from "#web/widgets/icon.tsx";
import { Avatar } from "#web/widgets/avatar.tsx";

export interface AccountMenuProps {
  readonly me: Person;
  readonly signOut: () => Promise<void>;
  /** What the menu offers, and a mark on the button. */
  readonly items: ComponentChildren;
  readonly badge: ComponentChildren;
}

export function AccountMenu({ me, signOut, items, badge }: AccountMenuProps) {
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
        <Avatar person={me} />
        <span class="visually-hidden">Your account, {me.username}</span>
        {badge}
      </button>
      <div id="account-menu" class="account-menu" popover="auto">
        <p class="account-who">
          Signed in as <bdi>{me.username}</bdi>
        </p>
        {items}
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
