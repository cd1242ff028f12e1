/** Loads the administration when an admin asks for it: nobody else needs it. */
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";

export interface AdminPanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function LazyAdmin({ chat, onClose }: AdminPanelProps) {
  const loaded = useSignal<{ readonly Panel: ComponentType<AdminPanelProps> } | undefined>(
    undefined,
  );
  useEffect(() => {
    const load = async () => {
      try {
        loaded.value = { Panel: (await import("./admin-panel.tsx")).AdminPanel };
      } catch {
        onClose();
        chat.notice.value = "That could not be loaded. Please try again when you are connected.";
      }
    };
    void load();
  }, []);
  const Panel = loaded.value?.Panel;
  return Panel === undefined ? null : <Panel chat={chat} onClose={onClose} />;
}
