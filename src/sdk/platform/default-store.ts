/** Where unsent messages survive if nobody says otherwise. */
import { MemoryStore } from "#sdk/outbox/outbox-store.ts";
import type { OutboxStore } from "#sdk/outbox/outbox-store.ts";
import { globals } from "./globals.ts";
import { IndexedDbStore } from "./indexed-db-store.ts";

/** IndexedDB where there is one; memory elsewhere. */
export function defaultStore(): OutboxStore {
  const { indexedDB } = globals;
  return indexedDB === undefined ? new MemoryStore() : new IndexedDbStore(indexedDB);
}
