/**
 * Presence as it is kept for all servers (port): a lease for each server, and who is there. A set
 * of people alone would show those of a crashed server for ever, and forget whoever closes one of
 * two windows.
 */
import type { PersonAccess } from "#server/core/access/person-access.ts";

export interface Movement {
  readonly came: readonly number[];
  readonly left: readonly number[];
}

export interface PresenceStore {
  /**
   * Renews the lease of a server and says who came to it and left it; safe to repeat. Every server
   * is told who is online or offline because of it. `false` if the lease had run out: others may
   * have forgotten who was there.
   */
  report(server: string, movement: Movement): Promise<boolean>;
  /** Who is known to be at this server. */
  registered(server: string): Promise<readonly number[]>;
  /** Servers whose lease has run out. */
  expired(): Promise<readonly string[]>;
  /** Forgets who was at a server, if its lease has run out; `true` if there are more to forget. */
  reap(server: string): Promise<boolean>;
  /**
   * The server ends: its people have a moment to come to another one; at the last server they are
   * forgotten at once.
   */
  retire(server: string): Promise<void>;
  /** Everybody who is online. */
  online(): Promise<readonly number[]>;
  /** When somebody who is not was here last, in seconds since 1970. */
  lastSeen(of: PersonAccess): Promise<number | undefined>;
}

/** A lease is renewed this often … */
export const BEAT_MS = 5_000;
/** … and runs out after this long. */
export const LEASE_MS = 15_000;
/** People of a server that ends are looked for this long. */
export const RETIRE_MS = 8_000;
