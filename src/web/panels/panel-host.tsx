/** Loads what lies over the rooms when the page is at rest, and shows what is asked for. */
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import type { PanelsProps } from "./panels.tsx";

/** By then the first room is there; asked for earlier, it is loaded at once. */
const REST_MS = 1_500;

export function PanelHost({ chat }: { readonly chat: Chat }) {
  const panels = useSignal<{ readonly Panels: ComponentType<PanelsProps> } | undefined>(undefined);
  const panel = chat.panel.value;
  useEffect(() => {
    if (panels.peek() !== undefined) return;
    const load = async () => {
      try {
        panels.value = await import("./panels.tsx");
      } catch {
        if (chat.panel.peek() === undefined) return;
        chat.panel.value = undefined;
        chat.notice.value = "That could not be loaded. Please try again when you are connected.";
      }
    };
    const timer = setTimeout(() => void load(), panel === undefined ? REST_MS : 0);
    return () => clearTimeout(timer);
  }, [panel]);
  useKeys(chat);
  const Panels = panels.value?.Panels;
  if (panel === undefined || Panels === undefined) return null;
  return <Panels key={panel.kind} chat={chat} panel={panel} />;
}

/** Ctrl or Cmd and K: the switcher, from everywhere. */
function useKeys(chat: Chat): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!isAsked || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      const isOpen = chat.panel.peek()?.kind === "switcher";
      chat.panel.value = isOpen ? undefined : { kind: "switcher" };
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [chat]);
}
