/** Reports: members tell of a message, and admins decide what becomes of it and of who said it. */
import { LIMITS } from "#protocol/limits.ts";
import type { Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import type { Position } from "#protocol/position.ts";
import type { NewReport, OwnReport, Report, ReportsResult, Verdict } from "#protocol/reports.ts";
import type { RoomId } from "#protocol/room.ts";
import { reasonProblem } from "#protocol/room.ts";
import { accessAdmin } from "#server/core/access/admin-access.ts";
import type { MessageAccess } from "#server/core/access/room-access.ts";
import { accessMessage, accessReported } from "#server/core/access/room-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { MessageLog } from "#server/core/delivery/message-log.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import type { Session } from "#server/core/people/accounts.ts";
import type { Standing } from "#server/core/people/standing.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { REPORTS_PER_USER } from "#server/core/throttle.ts";
import type { ReportStore } from "./report-store.ts";

interface Parts {
  readonly reports: ReportStore;
  readonly log: Pick<MessageLog, "change" | "page">;
  readonly accounts: Pick<AccountStore, "people">;
  readonly standing: Pick<Standing, "suspend">;
  readonly throttle: Throttle;
}

/** Told to who is suspended for what they said. */
const SUSPENDED_FOR = "A message of this account was reported.";

export class Reports {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Tells the admins of a message in a room one is in; once a message, repeated it changes nothing. */
  async report(
    user: Person,
    room: RoomId,
    id: Position,
    { reason, words = "" }: NewReport,
  ): Promise<{ readonly report: OwnReport; readonly isNew: boolean }> {
    const { reports } = this.#parts;
    const problem = reasonProblem(words);
    if (problem !== undefined) throw new ChatError("bad-request", problem);
    const access = accessMessage(user, room, id);
    const { from, deleted } = await this.#message(access);
    if (from === user.id)
      throw new ChatError("bad-request", "That is your own message; delete it.");
    const own = await reports.own(access);
    if (own !== undefined) return { report: own, isNew: false };
    if (deleted !== undefined) throw notFound();
    const waitMs = await this.#parts.throttle.take(`reports:${user.id}`, REPORTS_PER_USER);
    if (waitMs > 0) {
      const detail = "You have reported very much just now. Please wait a little.";
      throw new ChatError("too-many-requests", detail, waitMs);
    }
    const report = { reason, ...(words !== "" && { words }) };
    return reports.add(access, from, report);
  }

  /** The queue, or what was decided; to admins. */
  async list(
    session: Session,
    { state, after }: { readonly state: "open" | "closed"; readonly after: string | undefined },
  ): Promise<ReportsResult> {
    const admin = accessAdmin(session);
    const slice = await this.#parts.reports.list(admin, state, after, LIMITS.reportsShownMax);
    const ids = [...new Set(slice.reports.flatMap(named))];
    const people = ids.length === 0 ? [] : await this.#parts.accounts.people(ids);
    return { ...slice, people };
  }

  /** Decides an open entry; by an admin, who must be one who may do what follows from it. */
  async decide(session: Session, id: number, verdict: Verdict): Promise<void> {
    const admin = accessAdmin(session);
    const { reports, standing, log } = this.#parts;
    const found = await reports.find(admin, id);
    if (found === undefined) throw notFound();
    if (found.state === "closed") throw decided();
    const { room, message, from } = found;
    // What can be refused comes first, and all of it may be repeated: an entry is only closed when
    // everything is done.
    if (verdict === "suspend") await standing.suspend(session, from, { reason: SUSPENDED_FOR });
    if (verdict !== "dismiss") {
      // Deleted already, or with its room: then there is nothing to do.
      await log.change(accessReported(admin, room, message), { text: undefined });
    }
    const outcome = await reports.close(admin, id, verdict);
    if (outcome === "not-found") throw notFound();
    if (outcome === "decided") throw decided();
  }

  async #message(access: MessageAccess): Promise<Message> {
    const { message: id } = access;
    const slice = await this.#parts.log.page(access, { at: "around", id }, 2);
    const message = slice?.messages.find((each) => each.id === id);
    if (message === undefined) throw notFound();
    return message;
  }
}

/** Everybody of whom it speaks. */
function named({ from, messages, reports, decision }: Report): readonly number[] {
  const authors = messages.map((message) => message.from);
  return [from, ...authors, ...reports.map(({ by }) => by), ...(decision ? [decision.by] : [])];
}

function decided(): ChatError {
  return new ChatError("already-decided", "Another admin has decided this report already.");
}
