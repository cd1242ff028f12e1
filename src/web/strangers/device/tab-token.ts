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
      set: (token) => {
        try {
          storage.setItem(KEY, token);
        } catch {
          // Full: the old one is worth nothing any more.
          storage.removeItem(KEY);
        }
      },
      clear: () => storage.removeItem(KEY),
    };
  } catch {
    return new MemoryTokenKeeper();
  }
}
