/** What a browser has and Node may not, typed only as far as it is used: each may be missing. */

import type { Unsent } from "#sdk/outbox/outbox-store.ts";

/** An IndexedDB request, as far as the outbox uses it. */
export interface DbRequest<Result> extends EventSource {
  readonly result: Result;
}

export interface Db extends EventSource {
  createObjectStore(name: string, options: { keyPath: string[] }): unknown;
  transaction(name: string, mode: "readonly" | "readwrite"): DbTransaction;
  close(): void;
}

export interface DbTransaction extends EventSource {
  objectStore(name: string): DbObjectStore;
}

/** What the outbox keeps in it. */
interface Row extends Unsent {
  readonly owner: string;
}

export interface DbObjectStore {
  getAll(): DbRequest<Row[]>;
  put(row: Row): unknown;
  delete(key: unknown): unknown;
}

export interface DbFactory {
  open(name: string, version: number): DbRequest<Db>;
}

type Listen = (
  type: string,
  listener: () => void,
  options?: { readonly signal: AbortSignal },
) => void;

interface EventSource {
  readonly addEventListener: Listen;
}

interface Globals {
  readonly indexedDB?: DbFactory;
  readonly location?: { readonly origin: string };
  readonly document?: EventSource & { readonly visibilityState: string };
  readonly addEventListener?: Listen;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because all is checked
export const globals = globalThis as unknown as Globals;
