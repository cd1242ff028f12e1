/**
 * Attendance: who is at this server, as far as they let others see it, and which of them have
 * looked away.
 */
import type { OnlineResult, PresenceOf } from "#protocol/presence.ts";
import { accessPerson } from "#server/core/access/person-access.ts";
import type { Asking } from "#server/core/access/room-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import type { PreferenceStore } from "./preference-store.ts";
import type { PresenceStore } from "./presence-store.ts";
import type { Presence } from "./presence.ts";

interface Parts {
  /** Who is here. */
  readonly presence: Pick<Presence, "arrive" | "online">;
  /** Who has touched a device lately. */
  readonly activity: Pick<Presence, "arrive" | "online">;
  readonly store: Pick<PresenceStore, "lastSeen">;
  readonly preferences: Pick<PreferenceStore, "areOn">;
  readonly system: SystemAccess;
}

/** One connection of a person. */
export interface Visit {
  /** Nobody has touched this device for a while, or somebody has again. */
  idle(isIdle: boolean): void;
  /** The connection is gone. */
  end(): void;
}

interface Visitor {
  readonly visits: Set<VisitHere>;
  /** `undefined` until it was looked up: until then nobody is shown. */
  isVisible: boolean | undefined;
}

interface VisitHere {
  isIdle: boolean;
  depart: (() => void) | undefined;
  rest: (() => void) | undefined;
}

export class Attendance {
  readonly #parts: Parts;
  readonly #visitors = new Map<number, Visitor>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Everybody who is online, with who asks, who may have come just now; and who of them is away. */
  online(asking?: number): OnlineResult {
    const { presence, activity } = this.#parts;
    const online = presence.online(asking);
    const active = new Set(activity.online(asking));
    return { online, away: online.filter((id) => !active.has(id)) };
  }

  /** Whether somebody is here, and if not, when they were. */
  async of(asking: Asking, user: number): Promise<PresenceOf> {
    const { online, away } = this.online();
    if (online.includes(user)) return { state: away.includes(user) ? "away" : "online" };
    const seen = await this.#parts.store.lastSeen(accessPerson(asking, user));
    return { state: "offline", ...(seen !== undefined && { seen }) };
  }

  /** A connection of this person is open. */
  arrive(user: number): Visit {
    const visitor: Visitor = this.#visitors.get(user) ?? {
      visits: new Set(),
      isVisible: undefined,
    };
    const visit: VisitHere = { isIdle: false, depart: undefined, rest: undefined };
    this.#visitors.set(user, visitor);
    visitor.visits.add(visit);
    if (visitor.visits.size === 1) void this.look(user);
    else this.#show(user, visitor);
    return {
      idle: (isIdle) => {
        visit.isIdle = isIdle;
        this.#show(user, visitor);
      },
      end: () => {
        if (!visitor.visits.delete(visit)) return;
        hide(visit);
        if (visitor.visits.size === 0 && this.#visitors.get(user) === visitor) {
          this.#visitors.delete(user);
        }
      },
    };
  }

  /** Looks up again whether this person lets others see them; nothing changes while Redis is away. */
  async look(user: number): Promise<void> {
    const { preferences, system } = this.#parts;
    const [isVisible] = await preferences.areOn(system, [user], "visible").catch(() => []);
    const visitor = this.#visitors.get(user);
    if (visitor === undefined || isVisible === undefined) return;
    visitor.isVisible = isVisible;
    this.#show(user, visitor);
  }

  /** Looks everybody up again: news may have been missed. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#visitors.keys()].map((user) => this.look(user)));
  }

  #show(user: number, { visits, isVisible }: Visitor): void {
    const { presence, activity } = this.#parts;
    for (const visit of visits) {
      if (isVisible !== true) {
        hide(visit);
        continue;
      }
      visit.depart ??= presence.arrive(user);
      if (visit.isIdle) {
        visit.rest?.();
        visit.rest = undefined;
      } else visit.rest ??= activity.arrive(user);
    }
  }
}

function hide(visit: VisitHere): void {
  visit.depart?.();
  visit.rest?.();
  visit.depart = undefined;
  visit.rest = undefined;
}
