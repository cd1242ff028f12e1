/** Where unsent messages survive if nobody says otherwise. */
import { MemoryStore } from "#sdk/outbox/outbox-store.ts";
import type { OutboxStore } from "#sdk/outbox/outbox-store.ts";
import { globals } from "./globals.ts";

/** IndexedDB where there is one, loaded when it is needed first; memory elsewhere. */
export function defaultStore(): OutboxStore {
  const { indexedDB } = globals;
  if (indexedDB === undefined) return new MemoryStore();
  const open = async () => {
    const { IndexedDbStore } = await import("./indexed-db-store.ts");
    return new IndexedDbStore(indexedDB);
  };
  let store: Promise<OutboxStore> | undefined;
  const opened = () => (store ??= open());
  return {
    load: async (owner) => (await opened()).load(owner),
    put: async (owner, unsent) => (await opened()).put(owner, unsent),
    remove: async (owner, cid) => (await opened()).remove(owner, cid),
  };
}
