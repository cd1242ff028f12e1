/**
 * The one thing that strangers leave in a browser: the token that brings this tab back to its chat.
 * It goes with the tab.
 */
import { MemoryTokenKeeper } from "#sdk/strangers/world.ts";
import type { TokenKeeper } from "#sdk/strangers/world.ts";

const KEY = "klatch:stranger";

/** Where a browser allows no storage, a chat does not survive a reload. */
export function tabTokenKeeper(): TokenKeeper {
  try {
    const storage = sessionStorage;
    storage.getItem(KEY);
    return {
      get: () => storage.getItem(KEY) ?? undefined,
      set: (token) => storage.setItem(KEY, token),
      clear: () => storage.removeItem(KEY),
    };
  } catch {
    return new MemoryTokenKeeper();
  }
}
