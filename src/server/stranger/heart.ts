/**
 * The heart: says that this server lives, keeps its strangers alive, and finds what news did not
 * bring: a server that is gone, a pair that was missed, a Redis that has lost everything.
 */
import type { Clock } from "#server/core/clock.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Held, LobbyStore, Remembered } from "./lobby-store.ts";
import type { Lobby } from "./lobby.ts";
import type { Stranger } from "./stranger.ts";

const BEAT_MS = 2_000;
/** Each stranger this often; a waiting one's record lives 15 seconds without. */
const STRANGER_MS = 4_000;
const BATCH = 200;

interface Parts {
  readonly serverId: string;
  readonly store: LobbyStore;
  readonly lobby: Lobby;
  readonly clock: Clock;
  readonly onError: (error: unknown, where: string) => void;
}

export class Heart {
  readonly #parts: Parts;
  #era = "";
  #isBeating = false;
  #stop: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    await this.beat();
    this.#next();
  }

  stop(): void {
    this.#stop();
  }

  /** One beat at a time; what Redis does not answer is said again in the next. */
  async beat(isForAll = false): Promise<void> {
    if (this.#isBeating) return;
    this.#isBeating = true;
    try {
      await this.#beat(isForAll);
    } finally {
      this.#isBeating = false;
    }
  }

  /** The link was broken: pairs begin anew, since frames may have been missed. */
  async restored(): Promise<void> {
    const { lobby } = this.#parts;
    await this.beat(true);
    for (const stranger of lobby.strangers.values()) this.#readyAnew(stranger);
  }

  #next(): void {
    this.#stop = this.#parts.clock.after(BEAT_MS, () => {
      this.#next();
      // Redis is away; the next beat may find it.
      this.beat().catch(() => undefined);
    });
  }

  async #beat(isForAll: boolean): Promise<void> {
    const { lobby, clock } = this.#parts;
    const now = clock.now();
    const all = [...lobby.strangers.values()];
    for (const stranger of all) {
      const isGone = stranger.wire === undefined && now - stranger.lostAt > LIMITS.strangerGraceMs;
      if (isGone) lobby.forget(stranger);
    }
    const due = all.filter(({ beatAt }) => isForAll || now - beatAt >= STRANGER_MS);
    for (let at = 0; at === 0 || at < due.length; at += BATCH) {
      // oxlint-disable-next-line no-await-in-loop -- because one script must not hold Redis for long, nor many at once
      if (!(await this.#keepAlive(due.slice(at, at + BATCH), all))) return;
    }
    await this.#missServers(all);
  }

  /** False if Redis has lost what it knew, and everybody had to be put back. */
  async #keepAlive(batch: readonly Stranger[], all: readonly Stranger[]): Promise<boolean> {
    const { store, clock } = this.#parts;
    const talking = all.filter((stranger) => stranger.pairedIn() !== undefined).length;
    const waiting = all.filter(({ state }) => state.kind === "waiting").length;
    const versions = batch.map(({ version }) => version);
    const uids = batch.map(({ uid }) => uid);
    const beat = await store.beat(this.#era, { waiting, talking }, uids);
    if (!beat.isSameEra) {
      const isFirst = this.#era === "";
      this.#era = beat.era;
      if (!isFirst) await this.#putBack(all);
      return false;
    }
    for (const [at, stranger] of batch.entries()) {
      stranger.beatAt = clock.now();
      // What has changed while Redis answered is newer than the answer.
      if (stranger.version === versions[at]) this.#compare(stranger, beat.held[at]);
    }
    return true;
  }

  /** What is known here follows the record. */
  #compare(stranger: Stranger, held: Held | undefined): void {
    const { lobby } = this.#parts;
    const { state } = stranger;
    if (held === undefined) {
      if (state.kind === "paired") lobby.pairs.over(stranger, state.seat.pair, "lost");
      this.#later(stranger, () => this.#parts.store.restore(stranger.uid, bare(stranger)));
    } else if (held.epoch > stranger.epoch) {
      lobby.told(`superseded ${stranger.uid} ${held.epoch}`);
    } else if (state.kind === "paired" && held.pair !== state.seat.pair) {
      lobby.pairs.over(stranger, state.seat.pair, "lost");
    } else if (state.kind === "paired" && !state.isOpened) {
      this.#later(stranger, () => lobby.pairs.ready(stranger, false));
    } else if (state.kind === "waiting" && held.state !== "waiting") lobby.look(stranger);
  }

  /** Redis has lost everything: all of it first, so that pairs find each other again. */
  async #putBack(all: readonly Stranger[]): Promise<void> {
    const { store, lobby } = this.#parts;
    lobby.secrets.forget();
    await Promise.all(all.map((stranger) => store.restore(stranger.uid, remembered(stranger))));
    for (const stranger of all) {
      if (stranger.state.kind === "waiting") lobby.look(stranger);
      else this.#readyAnew(stranger);
    }
  }

  #readyAnew(stranger: Stranger): void {
    this.#later(stranger, () => this.#parts.lobby.pairs.ready(stranger, true));
  }

  /** Whose server is gone is away. */
  async #missServers(all: readonly Stranger[]): Promise<void> {
    const { store, serverId, lobby } = this.#parts;
    const servers = new Set<string>();
    for (const stranger of all) {
      const server = stranger.pairedIn()?.peerServer ?? "";
      if (server !== "" && server !== serverId) servers.add(server);
    }
    const names = [...servers];
    const living = await store.living(names);
    const gone = new Set(names.filter((_, at) => living[at] === false));
    if (gone.size === 0) return;
    for (const stranger of all) {
      const paired = stranger.pairedIn();
      if (paired?.isOpened === true && gone.has(paired.peerServer)) {
        lobby.pairs.missing(stranger, paired.seat.pair, true);
      }
    }
  }

  #later(stranger: Stranger, task: () => Promise<unknown>): void {
    stranger.inTurn(task).catch((error: unknown) => {
      this.#parts.onError(error, "heart");
    });
  }
}

function remembered(stranger: Stranger): Remembered {
  const { epoch, token } = stranger;
  const paired = stranger.pairedIn();
  if (paired === undefined) return { token, epoch };
  return { token, epoch, seat: paired.seat, startedAt: paired.startedAt };
}

const bare = ({ epoch, token }: Stranger): Remembered => ({ token, epoch });
