/** Reports: members tell admins of a message; all reports of one message are one entry. */
import type { Message } from "./message.ts";
import type { Person } from "./person.ts";
import type { Position } from "./position.ts";
import type { RoomId } from "./room.ts";

export const REPORT_REASONS = ["spam", "harassment", "violence", "illegal", "other"] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

/** What an admin makes of it; `suspend` deletes the message and suspends who said it. */
export const VERDICTS = ["dismiss", "delete", "suspend"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** `POST /api/rooms/:id/messages/:message/reports`, by a member. */
export interface NewReport {
  readonly reason: ReportReason;
  /** One line of up to `LIMITS.reasonCharsMax`. */
  readonly words?: string;
}

/** The answer to it: 201, or 200 with what one has reported before, which is not changed. */
export interface OwnReport extends NewReport {
  /** Seconds since 1970. */
  readonly date: number;
}

/** What one member reported. */
export interface ReportedBy extends OwnReport {
  /** Id of the member. */
  readonly by: number;
}

/** A reported message. */
export interface Report {
  readonly id: number;
  readonly state: "open" | "closed";
  readonly room: RoomId;
  /** Empty for a private chat, and for a room that is no more. */
  readonly roomName: string;
  /** Id of the message, and of who said it. */
  readonly message: Position;
  readonly from: number;
  /**
   * The message, and up to five before and after it, oldest first, as they are now; a deleted one
   * has no text any more. Empty if the room is no more.
   */
  readonly messages: readonly Message[];
  /** Up to `LIMITS.reportersShownMax`, the first ones first. */
  readonly reports: readonly ReportedBy[];
  /** The last one; an entry that was reported again after it is open again. */
  readonly decision?: Decision;
}

export interface Decision {
  readonly verdict: Verdict;
  /** Id of the admin. */
  readonly by: number;
  /** Seconds since 1970. */
  readonly date: number;
}

/**
 * `GET /api/admin/reports?state=open|closed&after=`, for admins: open ones in the order they came,
 * closed ones with the last decision first; these are kept for 90 days.
 */
export interface ReportsResult {
  readonly reports: readonly Report[];
  /** Everybody who is named in them. */
  readonly people: readonly Person[];
  /** Pass as `after` for those who follow; absent at the end. */
  readonly after?: string;
}

/** `POST /api/admin/reports/:id`, by an admin; answered 204. The first decision counts. */
export interface NewDecision {
  readonly verdict: Verdict;
}
