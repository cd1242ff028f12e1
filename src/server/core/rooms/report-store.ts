/** Reports as they are kept (port): one entry a message. No text of a message is kept with them. */
import type { Position } from "#protocol/position.ts";
import type { Decision, NewReport, OwnReport, Report, Verdict } from "#protocol/reports.ts";
import type { RoomId } from "#protocol/room.ts";
import type { AdminAccess } from "#server/core/access/admin-access.ts";
import type { MessageAccess } from "#server/core/access/room-access.ts";

/** Where the message is, and who said it. */
export interface Reported {
  readonly room: RoomId;
  readonly message: Position;
  readonly from: number;
}

export interface StoredReport extends Reported {
  readonly state: "open" | "closed";
  readonly decision?: Decision;
}

export interface ReportSlice {
  readonly reports: readonly Report[];
  readonly after?: string;
}

export interface ReportStore {
  /** What this person has reported of this message. */
  own(of: MessageAccess): Promise<OwnReport | undefined>;
  /**
   * Once a person and message: repeated, what was reported first is answered. A closed entry is open
   * again when somebody else reports it. `from`: who said it.
   */
  add(
    of: MessageAccess,
    from: number,
    report: NewReport,
  ): Promise<{ readonly report: OwnReport; readonly isNew: boolean }>;
  find(by: AdminAccess, id: number): Promise<StoredReport | undefined>;
  /** `after` as it was answered. */
  list(
    by: AdminAccess,
    state: "open" | "closed",
    after: string | undefined,
    limit: number,
  ): Promise<ReportSlice>;
  /** `decided` if it was not open. Nothing of it is left after 90 days. */
  close(by: AdminAccess, id: number, verdict: Verdict): Promise<"done" | "decided" | "not-found">;
}

/** Closed entries are kept this long. */
export const REPORT_KEEP_S = 90 * 24 * 3600;
