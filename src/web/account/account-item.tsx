/** One thing that the menu of one's account offers; choosing it closes the menu. */
import type { ComponentChildren } from "preact";
import { Icon } from "#web/widgets/icon.tsx";
import type { IconName } from "#web/widgets/icon.tsx";

export interface AccountItemProps {
  readonly icon: IconName;
  readonly act: () => void;
  readonly children: ComponentChildren;
}

export function AccountItem({ icon, act, children }: AccountItemProps) {
  return (
    <button
      type="button"
      class="account-item"
      popovertarget="account-menu"
      popovertargetaction="hide"
      onClick={act}
    >
      <Icon name={icon} /> {children}
    </button>
  );
}
