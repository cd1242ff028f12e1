/** Whom one blocks, remembered on this device: known before the server is asked, and without it. */
import { useEffect, useRef } from "preact/hooks";
import type { DeviceMemory } from "#web/device-memory.ts";
import type { Chat } from "./chat.ts";

/** Follows it; the answer forgets it, for who signs out. */
export function useRememberedBlocks(chat: Chat, memory: DeviceMemory): () => void {
  const key = `klatch:blocks:${chat.me.id}`;
  // Before the first message is drawn.
  const recalled = useRef<Chat | undefined>(undefined);
  if (recalled.current !== chat) {
    recalled.current = chat;
    if (chat.blockedIds.peek().size === 0) chat.blockedIds.value = read(memory, key);
  }
  const ids = chat.blockedIds.value;
  useEffect(() => {
    if (ids.size === 0) memory.removeItem(key);
    else memory.setItem(key, JSON.stringify([...ids]));
  }, [ids]);
  return () => memory.removeItem(key);
}

function read(memory: DeviceMemory, key: string): ReadonlySet<number> {
  try {
    const kept: unknown = JSON.parse(memory.getItem(key) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === "number") : []);
  } catch {
    return new Set();
  }
}
