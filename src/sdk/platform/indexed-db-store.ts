/** Unsent messages in the browser's IndexedDB: they outlive a reload, a crash and a restart. */
import type { OutboxStore, Unsent } from "#sdk/outbox/outbox-store.ts";
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
    const { result } = await this.#run("readonly", (store) => store.getAll());
    return result.filter((row) => row.owner === owner);
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
    const db = await (this.#db ??= this.#open());
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(STORE, mode);
      const result = step(transaction.objectStore(STORE));
      transaction.addEventListener("complete", () => resolve(result));
      transaction.addEventListener("abort", reject);
    });
  }

  #open(): Promise<Db> {
    // The next step opens it anew.
    const forget = () => {
      this.#db = undefined;
    };
    return new Promise((resolve, reject) => {
      const request = this.#factory.open(NAME, 1);
      request.addEventListener("upgradeneeded", () => {
        request.result.createObjectStore(STORE, { keyPath: ["owner", "cid"] });
      });
      request.addEventListener("error", forget);
      request.addEventListener("error", reject);
      request.addEventListener("success", () => {
        const db = request.result;
        // Another tab with a newer version must not wait for this one.
        db.addEventListener("versionchange", () => {
          db.close();
          forget();
        });
        db.addEventListener("close", forget);
        resolve(db);
      });
    });
  }
}
