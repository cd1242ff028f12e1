/** What moderators do about people of a room, and what anyone does about a message: report it. */
import type { Position } from "#protocol/position.ts";
import type { NewReport, OwnReport } from "#protocol/reports.ts";
import type { Ban, BansResult, Mute, NewBan, RoomId } from "#protocol/room.ts";
import type { Klatch } from "#sdk/client.ts";
import type { Ground } from "#sdk/extension.ts";

export class Moderation {
  readonly #rest: Ground["rest"];

  constructor(klatch: Klatch) {
    this.#rest = klatch.extend(() => undefined).rest;
  }

  /**
   * Lets a member of a room read and say nothing, until a time in seconds since 1970 or for good.
   * For moderators, and not of moderators.
   *
   * @throws KlatchError `not-allowed`, `offline`, …; so do the others
   */
  mute(room: RoomId, user: number, mute: Mute = {}): Promise<void> {
    return this.#rest.ask("PUT", `/api/rooms/${room}/mutes/${user}`, mute);
  }

  /** Lets them speak again. */
  unmute(room: RoomId, user: number): Promise<void> {
    return this.#rest.ask("DELETE", `/api/rooms/${room}/mutes/${user}`);
  }

  /** Takes somebody out and keeps them out, until a time or for good. For moderators. */
  ban(room: RoomId, user: number, ban: NewBan = {}): Promise<void> {
    return this.#rest.ask("PUT", `/api/rooms/${room}/bans/${user}`, ban);
  }

  /** Lets them come back, if they like. */
  unban(room: RoomId, user: number): Promise<void> {
    return this.#rest.ask("DELETE", `/api/rooms/${room}/bans/${user}`);
  }

  /** Who is kept out, why, by whom, and until when. For moderators. */
  async bans(room: RoomId): Promise<readonly Ban[]> {
    const { bans } = await this.#rest.ask<BansResult>("GET", `/api/rooms/${room}/bans`);
    return bans;
  }

  /**
   * Tells the admins of a message of somebody else; resolves to one's first report of it.
   *
   * @throws KlatchError `too-many-requests`, `not-found`
   */
  report(room: RoomId, message: Position, report: NewReport): Promise<OwnReport> {
    return this.#rest.ask("POST", `/api/rooms/${room}/messages/${message}/reports`, report);
  }
}
