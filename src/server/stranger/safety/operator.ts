/** What the operator sees of strangers, which is numbers and reports, and may do: close, ban, lift. */
import { randomBytes } from "node:crypto";
import { LIMITS } from "#protocol/limits.ts";
import type {
  Ending,
  StrangerBansResult,
  StrangerFigures,
  StrangerReportsResult,
  StrangerVerdict,
} from "#protocol/stranger.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Session } from "#server/core/people/accounts.ts";
import { accessAdmin } from "#server/core/access/admin-access.ts";
import type { Strangers } from "#server/stranger/strangers.ts";
import type { ReportShelf, SafetyStore } from "./safety-store.ts";
import type { Switch } from "./switch.ts";

/** Numbers of all servers (port). */
export interface FigureStore {
  /** Who waits and who talks, over all servers that live. */
  load(): Promise<{ readonly waiting: number; readonly talking: number }>;
  /** What was counted in the last 24 hours: `pairs`, and `end:<why>`. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** How long each of the last ones waited, in ms. */
  waits(): Promise<readonly number[]>;
}

interface There {
  readonly store: SafetyStore;
  readonly figures: FigureStore;
}

interface Parts {
  readonly strangers: Pick<Strangers, "state">;
  readonly theSwitch: Switch;
  readonly shelf: ReportShelf;
  /** Absent where there is no Redis that forgets. */
  readonly there: There | undefined;
  readonly clock: Clock;
}

const DAY_S = 24 * 3600;
/** Fewer waits say nothing. */
const WAITS_MIN = 5;
const ENDINGS = ["left", "skipped", "lost", "timed-out", "reported", "restarting"] as const;

export class Operator {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What goes on; to admins, like all of this. */
  async figures(session: Session): Promise<StrangerFigures> {
    accessAdmin(session);
    const { strangers, theSwitch, shelf } = this.#parts;
    const { reason } = strangers.state();
    const [numbers, openReports] = await Promise.all([this.#numbers(), shelf.count()]);
    const why = reason === undefined ? {} : { reason };
    return { open: theSwitch.isOpen, ...why, ...numbers, openReports };
  }

  /** Lets strangers meet, or ends all that goes on, on all servers. */
  async setOpen(session: Session, isOpen: boolean): Promise<StrangerFigures> {
    accessAdmin(session);
    await this.#parts.theSwitch.set(isOpen);
    return this.figures(session);
  }

  async reports(session: Session): Promise<StrangerReportsResult> {
    accessAdmin(session);
    const { shelf, there } = this.#parts;
    const kept = await shelf.list();
    const traced = (await there?.store.traced(kept.map(({ id }) => id))) ?? [];
    return { reports: kept.map((each, at) => ({ ...each, canBan: traced[at] === true })) };
  }

  /** Decides a report, which is deleted then; a ban lasts a day unless it says otherwise. */
  async decide(
    session: Session,
    id: string,
    { verdict, days = 1 }: StrangerVerdict,
  ): Promise<void> {
    accessAdmin(session);
    const { shelf, there, clock } = this.#parts;
    const report = await shelf.find(id);
    if (report === undefined) throw notFound();
    if (verdict === "ban") {
      const until = Math.ceil(clock.now() / 1000) + days * DAY_S;
      const ban = { id: randomBytes(9).toString("base64url"), until, reason: report.reason };
      const isDone = (await there?.store.ban(id, ban, days * DAY_S * 1000)) ?? false;
      if (!isDone) throw tooLate();
    }
    await shelf.remove(id);
  }

  async bans(session: Session): Promise<StrangerBansResult> {
    accessAdmin(session);
    return { bans: (await this.#parts.there?.store.bans()) ?? [] };
  }

  async lift(session: Session, id: string): Promise<void> {
    accessAdmin(session);
    const isLifted = (await this.#parts.there?.store.lift(id)) ?? false;
    if (!isLifted) throw notFound();
  }

  async #numbers(): Promise<Numbers> {
    const { there } = this.#parts;
    if (there === undefined) return NOTHING;
    try {
      return await numbersOf(there);
    } catch (error) {
      // It is away: then nobody meets, as the reason says, and the switch can still be seen.
      if (error instanceof ChatError) return NOTHING;
      throw error;
    }
  }
}

type Numbers = Omit<StrangerFigures, "open" | "reason" | "openReports">;

const NOTHING: Numbers = { waiting: 0, talking: 0, pairs: 0, ends: {}, bans: 0 };

async function numbersOf({ store, figures }: There): Promise<Numbers> {
  const [load, counts, waits, bans] = await Promise.all([
    figures.load(),
    figures.counts(),
    figures.waits(),
    store.bans(),
  ]);
  const ends: Partial<Record<Ending, number>> = {};
  for (const ending of ENDINGS) {
    const count = counts.get(`end:${ending}`);
    if (count !== undefined) ends[ending] = count;
  }
  const pairs = counts.get("pairs") ?? 0;
  return { ...load, ...percentiles(waits), pairs, ends, bans: bans.length };
}

function percentiles(waits: readonly number[]): { waitP50?: number; waitP95?: number } {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  const [waitP50, waitP95] = [at(0.5), at(0.95)];
  if (sorted.length < WAITS_MIN || waitP50 === undefined || waitP95 === undefined) return {};
  return { waitP50, waitP95 };
}

function tooLate(): ChatError {
  return new ChatError(
    "ban-not-possible",
    "Where they came from is forgotten by now (after three days at most), or there are " +
      `${LIMITS.strangerBansMax} bans already. You can still dismiss the report.`,
  );
}
