/**
 * Presence: who is connected here, told to all servers; and who is online anywhere, told to
 * everyone here.
 */
import type { PresenceChange } from "#protocol/presence.ts";
import type { Clock } from "#server/core/clock.ts";
import type { PresenceStore } from "./presence-store.ts";
import { BEAT_MS, LEASE_MS } from "./presence-store.ts";

/** A page that is loaded again is back within this; its owner was never away. */
const GRACE_MS = 1_500;
/** Who comes and goes within this is reported together … */
const GATHER_MS = 50;
/** … and told together. */
const TELL_MS = 500;
/** People in one report: the script that takes it holds Redis up. */
const REPORT_MAX = 500;

interface Parts {
  readonly serverId: string;
  readonly store: PresenceStore;
  readonly clock: Clock;
}

export class Presence {
  readonly #parts: Parts;
  readonly #tell: ((change: PresenceChange) => void)[] = [];
  /** Connections of each user here. */
  readonly #here = new Map<number, number>();
  readonly #graces = new Map<number, () => void>();
  /** Not yet reported: whether each is here. */
  readonly #unreported = new Map<number, boolean>();
  /** As Redis last said it. */
  #online = new Set<number>();
  /** Not yet told here: whether each is online. */
  readonly #untold = new Map<number, boolean>();
  #reporting: Promise<void> | undefined;
  /** Since when this server's lease has been held without a break. */
  #steadySince: number | undefined;
  #isOver = true;
  readonly #timers = new Set<() => void>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  addAudience(tell: (change: PresenceChange) => void): void {
    this.#tell.push(tell);
  }

  /** Everybody who is online, ascending; with who asks, who may have come just now. */
  online(asking?: number): readonly number[] {
    const all = new Set(this.#online);
    if (asking !== undefined) all.add(asking);
    return [...all].toSorted((a, b) => a - b);
  }

  /** Whether somebody is connected here. */
  has(user: number): boolean {
    return this.#here.has(user);
  }

  /** A connection of this user is open; call what is returned when it is closed. */
  arrive(user: number): () => void {
    const count = this.#here.get(user) ?? 0;
    this.#here.set(user, count + 1);
    const stopGrace = this.#graces.get(user);
    this.#graces.delete(user);
    if (stopGrace !== undefined) stopGrace();
    else if (count === 0) this.#changed(user, true);
    let isGone = false;
    return () => {
      if (isGone) return;
      isGone = true;
      this.#leave(user);
    };
  }

  /**
   * Begins to report. Resolves when this server knows who is online; call once it hears `presence`
   * on the bus.
   */
  async start(): Promise<void> {
    this.#isOver = false;
    this.#beat();
    await this.refresh();
  }

  /** Ends; people who are still here may turn up at another server. */
  async stop(): Promise<void> {
    this.#isOver = true;
    for (const stop of [...this.#timers, ...this.#graces.values()]) stop();
    this.#timers.clear();
    this.#graces.clear();
    await this.#reporting;
    await this.#parts.store.retire(this.#parts.serverId).catch(() => {
      // Redis is away: the lease runs out.
    });
  }

  /** From the bus: someone came or went, on any server. */
  heard({ online, offline }: PresenceChange): void {
    for (const user of online) this.#note(user, true);
    for (const user of offline) this.#note(user, false);
  }

  /**
   * Asks anew who is online: after a break of the link anything may have been missed. Does nothing
   * while Redis is away.
   */
  async refresh(): Promise<void> {
    const found = await this.#parts.store.online().catch(() => undefined);
    if (found === undefined) return;
    const online = new Set(found);
    for (const user of this.#online) if (!online.has(user)) this.#note(user, false);
    for (const user of online) this.#note(user, true);
  }

  #leave(user: number): void {
    const count = (this.#here.get(user) ?? 1) - 1;
    if (count > 0) {
      this.#here.set(user, count);
      return;
    }
    this.#here.delete(user);
    if (this.#isOver) return;
    const end = this.#parts.clock.after(GRACE_MS, () => {
      this.#graces.delete(user);
      this.#changed(user, false);
    });
    this.#graces.set(user, end);
  }

  #changed(user: number, isHere: boolean): void {
    const isFirst = this.#unreported.size === 0;
    this.#unreported.set(user, isHere);
    if (isFirst) this.#later(GATHER_MS, () => void this.#report());
  }

  #beat(): void {
    void this.#report().then(() => this.#reapOthers());
    this.#later(BEAT_MS, () => {
      this.#beat();
    });
  }

  /** One report at a time, or an older one could win. */
  #report(): Promise<void> {
    this.#reporting ??= this.#reportAll().finally(() => {
      this.#reporting = undefined;
    });
    return this.#reporting;
  }

  async #reportAll(): Promise<void> {
    do {
      const part = [...this.#unreported].slice(0, REPORT_MAX);
      for (const [user] of part) this.#unreported.delete(user);
      try {
        // oxlint-disable-next-line no-await-in-loop -- because the order is the point
        await this.#reportPart(part);
      } catch {
        // Redis is away: said again at the next beat, unless something newer is to be said by then.
        for (const [user, isHere] of part) {
          if (!this.#unreported.has(user)) this.#unreported.set(user, isHere);
        }
        this.#steadySince = undefined;
        return;
      }
    } while (this.#unreported.size > 0 && !this.#isOver);
  }

  async #reportPart(part: readonly (readonly [user: number, isHere: boolean])[]): Promise<void> {
    const { store, serverId, clock } = this.#parts;
    const of = (isHere: boolean) => part.flatMap(([user, is]) => (is === isHere ? [user] : []));
    const wasHeld = await store.report(serverId, { came: of(true), left: of(false) });
    this.#steadySince = wasHeld ? (this.#steadySince ?? clock.now()) : clock.now();
    if (!wasHeld) await this.#reconcile();
  }

  /** After a lease that ran out: says again who is here, and who is not any more. */
  async #reconcile(): Promise<void> {
    const { store, serverId } = this.#parts;
    const registered = new Set(await store.registered(serverId));
    const isHere = (user: number) => this.#here.has(user) || this.#graces.has(user);
    for (const user of registered) if (!isHere(user)) this.#unreported.set(user, false);
    for (const user of this.#here.keys())
      if (!registered.has(user)) this.#unreported.set(user, true);
  }

  /**
   * Forgets the people of crashed servers. After an outage of Redis every lease has run out: only
   * who has held its own for a whole lease may judge the others.
   */
  async #reapOthers(): Promise<void> {
    const { store, clock } = this.#parts;
    const since = this.#steadySince;
    if (since === undefined || clock.now() - since < LEASE_MS || this.#isOver) return;
    try {
      for (const server of await store.expired()) {
        // oxlint-disable-next-line no-await-in-loop -- because Redis has other work between two parts
        while (await store.reap(server));
      }
    } catch {
      // Redis is away; the next beat looks again.
    }
  }

  #note(user: number, isOnline: boolean): void {
    if (this.#online.has(user) === isOnline) return;
    if (isOnline) this.#online.add(user);
    else this.#online.delete(user);
    const isFirst = this.#untold.size === 0;
    // Also who is back before anyone was told: somebody may have asked in between.
    this.#untold.set(user, isOnline);
    if (isFirst) {
      this.#later(TELL_MS, () => {
        this.#tellUntold();
      });
    }
  }

  #tellUntold(): void {
    const changes = [...this.#untold];
    this.#untold.clear();
    if (changes.length === 0) return;
    const of = (isOnline: boolean) => changes.flatMap(([id, is]) => (is === isOnline ? [id] : []));
    const change = { online: of(true), offline: of(false) };
    for (const tell of this.#tell) tell(change);
  }

  #later(ms: number, task: () => void): void {
    const stop = this.#parts.clock.after(ms, () => {
      this.#timers.delete(stop);
      if (!this.#isOver) task();
    });
    this.#timers.add(stop);
  }
}
