/**
 * What the safety of strangers needs kept: strain, traces and bans where everything is forgotten,
 * reports where they last thirty days (ports).
 */
import type { Role, StrangerReport, StrangerReportReason } from "#protocol/stranger.ts";
import type { Strain } from "./strain.ts";

/** A network on one day: a digest under that day's salt, worth nothing without it. */
export interface Mark {
  readonly day: number;
  readonly digest: string;
}

export interface Ban {
  readonly id: string;
  /** In seconds since 1970. */
  readonly until: number;
  readonly reason: StrangerReportReason;
}

/** One's place in a pair, which may just have ended. */
export interface Past {
  readonly role: Role;
  /** Whether this end has reported the other one already. */
  readonly isReported: boolean;
}

export interface SafetyStore {
  /** Adds what it has cost to both, and says where they stand; while they pause nothing is added. */
  strain(uid: string, network: string, cost: number, skips: number): Promise<Strain>;
  /** Takes an answered challenge; false if it was taken before. */
  spend(challenge: string, lifeMs: number): Promise<boolean>;
  /** The salts of these days, where they are not yet deleted. */
  salts(days: readonly number[]): Promise<readonly (Buffer | undefined)[]>;
  /** The ban of any of these. */
  banOf(marks: readonly Mark[]): Promise<Ban | undefined>;
  /** One's place in a pair that has ended within a minute. */
  past(pair: string, uid: string): Promise<Past | undefined>;
  /** Keeps the two apart, and tells the server of the other one, once. */
  report(pair: string, uid: string, report: string, network: string): Promise<void>;
  /** This network was reported by that one; enough of them within an hour, and it pauses. */
  reportedBy(network: string, reporter: string): Promise<void>;
  /** Keeps what a ban needs. */
  trace(report: string, mark: Mark): Promise<void>;
  /** Which of these reports can still lead to a ban. */
  traced(reports: readonly string[]): Promise<readonly boolean[]>;
  /** Bans who was reported; false if the trace, or its salt, is forgotten, or there are too many. */
  ban(report: string, ban: Ban, lifeMs: number): Promise<boolean>;
  bans(): Promise<readonly Ban[]>;
  /** False if there is no such ban. */
  lift(id: string): Promise<boolean>;
}

/** A report as it is kept. */
export type KeptReport = Omit<StrangerReport, "canBan">;

/** All that is kept for long of any stranger, and what the operator chose. */
export interface ReportShelf {
  isFull(): Promise<boolean>;
  /** Kept for thirty days under its id; the same id replaces it. */
  save(report: KeptReport): Promise<void>;
  /** Those of minors and threats first, then the oldest. */
  list(): Promise<readonly KeptReport[]>;
  count(): Promise<number>;
  find(id: string): Promise<KeptReport | undefined>;
  /** False if it was not there. */
  remove(id: string): Promise<boolean>;
  /** Whether the operator lets strangers meet. */
  isOpen(): Promise<boolean>;
  setOpen(isOpen: boolean): Promise<void>;
}
