/** Unsent messages in the browser's IndexedDB: they outlive a reload, a crash and a restart. */
import type { OutboxStore, Unsent } from "#sdk/outbox/outbox-store.ts";
import { globals } from "./globals.ts";
import type { Db, DbFactory, DbObjectStore } from "./globals.ts";

const NAME = "klatch";
const STORE = "unsent";

export class IndexedDbStore implements OutboxStore {
  readonly #factory: DbFactory;
  #db: Promise<Db> | undefined;

  constructor(factory: DbFactory) {
    this.#factory = factory;
  }

  async load(owner: string): Promise<readonly Unsent[]> {
    // Arrays order by their members, and every array comes after every string.
    const range = globals.IDBKeyRange?.bound([owner, ""], [owner, []]);
    const found = await this.#run("readonly", (store) => store.getAll(range));
    return found.result;
  }

  async put(owner: string, unsent: Unsent): Promise<void> {
    await this.#run("readwrite", (store) => store.put({ ...unsent, owner }));
  }

  async remove(owner: string, cid: string): Promise<void> {
    await this.#run("readwrite", (store) => store.delete([owner, cid]));
  }

  /** Runs one step in a transaction of its own; resolves once that is complete. */
  async #run<Result>(
    mode: "readonly" | "readwrite",
    step: (store: DbObjectStore) => Result,
  ): Promise<Result> {
    this.#db ??= this.#open();
    const db = await this.#db;
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(STORE, mode);
      const result = step(transaction.objectStore(STORE));
      transaction.addEventListener("complete", () => resolve(result));
      transaction.addEventListener("abort", () => reject(failure(transaction.error)));
    });
  }

  #open(): Promise<Db> {
    return new Promise((resolve, reject) => {
      const request = this.#factory.open(NAME, 1);
      const fail = () => {
        this.#db = undefined;
        reject(failure(request.error));
      };
      request.addEventListener("upgradeneeded", () => {
        request.result.createObjectStore(STORE, { keyPath: ["owner", "cid"] });
      });
      request.addEventListener("error", fail);
      request.addEventListener("success", () => {
        const db = request.result;
        // Another tab with a newer version must not wait for this one.
        db.addEventListener("versionchange", () => {
          db.close();
          this.#db = undefined;
        });
        db.addEventListener("close", () => {
          this.#db = undefined;
        });
        resolve(db);
      });
    });
  }
}

function failure(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error("The browser's storage cannot be used.");
}
