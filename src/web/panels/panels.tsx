/** What can lie over the rooms; loaded apart from the page, which is there without it. */
import type { Chat, Panel } from "#web/chat/chat.ts";
import { LazyAdmin } from "#web/admin/lazy-admin.tsx";
import { DeleteMessage } from "./delete-message.tsx";
import { EmojiPanel } from "./emoji-panel.tsx";
import { MembersPanel } from "./members-panel.tsx";
import { NewChat } from "./new-chat.tsx";
import { NewRoom } from "./new-room.tsx";
import { OpenRooms } from "./open-rooms.tsx";
import { NotifyPanel } from "./notify-panel.tsx";
import { DevicesPanel } from "#web/account/devices-panel.tsx";
import { InvitePanel } from "#web/account/invite-panel.tsx";
import { LeavePanel } from "#web/account/leave-panel.tsx";
import { PasswordPanel } from "#web/account/password-panel.tsx";
import { PreferencesPanel } from "#web/account/preferences-panel.tsx";
import { ProfilePanel } from "#web/account/profile-panel.tsx";
import { BlockedPeople } from "./people/blocked-people.tsx";
import { ReportMessage } from "./message/report-message.tsx";
import { RoomSettings } from "./room-settings.tsx";
import { WebhooksPanel } from "./webhooks/webhooks-panel.tsx";
import { Switcher } from "./switcher.tsx";

export interface PanelsProps {
  readonly chat: Chat;
  readonly panel: Panel;
}

export function Panels({ chat, panel }: PanelsProps) {
  // A panel that goes may have made way for the next one already.
  const onClose = () => {
    if (chat.panel.peek() === panel) chat.panel.value = undefined;
  };
  switch (panel.kind) {
    case "switcher":
      return <Switcher chat={chat} onClose={onClose} />;
    case "new-room":
      return <NewRoom chat={chat} onClose={onClose} />;
    case "open-rooms":
      return <OpenRooms chat={chat} onClose={onClose} />;
    case "new-chat":
      return <NewChat chat={chat} onClose={onClose} />;
    case "password":
      return <PasswordPanel chat={chat} onClose={onClose} />;
    case "profile":
      return <ProfilePanel chat={chat} onClose={onClose} />;
    case "devices":
      return <DevicesPanel chat={chat} onClose={onClose} />;
    case "invite":
      return <InvitePanel chat={chat} onClose={onClose} />;
    case "leave":
      return <LeavePanel chat={chat} onClose={onClose} />;
    case "blocked-people":
      return <BlockedPeople chat={chat} onClose={onClose} />;
    case "admin":
      return <LazyAdmin chat={chat} onClose={onClose} />;
    case "report":
      return <ReportMessage chat={chat} room={panel.room} entry={panel.entry} onClose={onClose} />;
    case "preferences":
      return <PreferencesPanel chat={chat} onClose={onClose} />;
    case "notify":
      return <NotifyPanel chat={chat} id={panel.room} onClose={onClose} />;
    case "delete-message":
      return <DeleteMessage chat={chat} room={panel.room} entry={panel.entry} onClose={onClose} />;
    case "react":
      return <EmojiPanel chat={chat} room={panel.room} entry={panel.entry} onClose={onClose} />;
    case "members":
      return <MembersPanel chat={chat} id={panel.room} onClose={onClose} />;
    case "settings":
      return <RoomSettings chat={chat} id={panel.room} onClose={onClose} />;
    case "webhooks":
      return <WebhooksPanel chat={chat} id={panel.room} onClose={onClose} />;
  }
}
