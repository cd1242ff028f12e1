/** Reports of strangers: what is true of them is kept for admins, and what follows at once. */
import { createHmac } from "node:crypto";
import { LIMITS } from "#protocol/limits.ts";
import type { ReportCommand, Role } from "#protocol/stranger.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Throttle } from "#server/core/throttle.ts";
import { mustBeSlower } from "#server/core/throttle.ts";
import type { Lobby } from "#server/stranger/lobby.ts";
import type { Stranger } from "#server/stranger/stranger.ts";
import { readExcerpt } from "./excerpt.ts";
import type { Guests } from "./guests.ts";
import type { ReportShelf, SafetyStore } from "./safety-store.ts";
import { REPORTED_COST } from "./strain.ts";

interface Parts {
  readonly lobby: Pick<Lobby, "leave" | "secrets">;
  readonly store: SafetyStore;
  readonly shelf: ReportShelf;
  readonly throttle: Throttle;
  readonly guests: Guests;
  readonly clock: Clock;
  readonly onError: (error: unknown, where: string) => void;
}

const KEY_MS = 24 * 3600_000;
const REPORTING = {
  burst: LIMITS.strangerReportsPerHour,
  everyMs: 3600_000 / LIMITS.strangerReportsPerHour,
} as const;

export class Complaints {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Reports the other one of a chat that goes on, or has ended within a minute; repeated it changes
   * nothing. Refuses with `report-not-allowed` for lines that were not said so.
   */
  async report(stranger: Stranger, command: ReportCommand): Promise<void> {
    const { lobby, store, shelf, throttle, guests, clock } = this.#parts;
    const { pair, reason } = command;
    const { uid, network } = stranger;
    const seat = stranger.pairedIn(pair)?.seat;
    const role = seat?.role ?? (await store.past(pair, uid))?.role;
    if (role === undefined) throw notFound();
    const chat = { pair, role };
    const excerpt = await readExcerpt(lobby.secrets, chat, command.excerpt);
    const before = await store.past(pair, uid);
    if (before?.isReported === true) return;
    if (await shelf.isFull()) throw full();
    await mustBeSlower(throttle, `reports:${network}`, REPORTING, "reports from your network");
    if (seat !== undefined) await lobby.leave(stranger, pair, "reported", true);
    // What is no more in Redis cannot be found by the other one's server either.
    if ((await store.past(pair, uid)) === undefined) throw notFound();
    const id = await this.#idOf(pair, role);
    await shelf.save({ id, reason, at: Math.floor(clock.now() / 1000), excerpt });
    await store.report(pair, uid, id, guests.of(stranger)?.network ?? network);
  }

  /** News of a report of somebody who is at this server, or just was. False for other news. */
  told(news: string): boolean {
    const [what, uid = "", report = "", reporter = ""] = news.split(" ");
    if (what !== "reported") return false;
    const guest = this.#parts.guests.find(uid);
    if (guest === undefined) return true;
    const { store, onError } = this.#parts;
    const [today] = guest.marks;
    const steps = [
      store.trace(report, today),
      store.strain(uid, guest.network, REPORTED_COST, 0),
      store.reportedBy(guest.network, reporter),
    ];
    for (const step of steps) {
      step.catch((error: unknown) => {
        onError(error, "report");
      });
    }
    return true;
  }

  /** The same for each try, so that no report is kept twice; and for nobody else. */
  async #idOf(pair: string, role: Role): Promise<string> {
    const key = await this.#parts.lobby.secrets.key("reports", KEY_MS);
    const id = createHmac("sha256", key).update(`${pair} ${role}`).digest("base64url");
    return id.slice(0, 22);
  }
}

function full(): ChatError {
  return new ChatError(
    "busy",
    "So many reports wait for those who run this Klatch that yours cannot be kept. You can block.",
    60_000,
  );
}
