/** The lobby on the forgetful Redis: each step is one script, and every key has an end. */
import { randomBytes } from "node:crypto";
import type { Role } from "#protocol/stranger.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import type { Script } from "#server/redis/scripts.ts";
import { readScript, run, texts } from "#server/redis/scripts.ts";
import type {
  Absent,
  Beat,
  Ended,
  Entered,
  Found,
  Held,
  LobbyStore,
  Readiness,
  Remembered,
  Search,
  Seat,
} from "#server/stranger/lobby-store.ts";
import { pairTopic } from "#server/stranger/lobby-store.ts";
import { lobbyKeys as keys } from "./lobby-keys.ts";

const read = (name: string): Script => readScript(new URL("scripts/", import.meta.url), name);

const scripts = {
  enter: read("enter"),
  search: read("search"),
  stop: read("stop"),
  ready: read("ready"),
  away: read("away"),
  end: read("end"),
  beat: read("beat"),
  restore: read("restore"),
} as const;

/** A server that has not said so for this long is gone. */
const LEASE_MS = 8_000;

export class RedisLobbyStore implements LobbyStore {
  readonly #redis: Redis;
  readonly #server: string;

  constructor(redis: Redis, server: string) {
    this.#redis = redis;
    this.#server = server;
  }

  async enter(uid: string, shown: string | undefined, next: string): Promise<Entered> {
    const args = [uid, shown ?? "", next, this.#server];
    const reply = await this.#run(scripts.enter, [keys.stranger(uid)], args);
    const [state, epoch, pair, ...seated] = reply;
    if (state !== "back") return { state: state === "new" ? "new" : "unknown" };
    if (pair === "" || pair === undefined) return { state, epoch: Number(epoch) };
    return {
      state,
      epoch: Number(epoch),
      seat: seatOf(pair, seated),
      startedAt: Number(seated.at(-1)),
    };
  }

  async search({ uid, ticket, since, pair, depth, mayRepeat, interests, queues }: Search) {
    const reply = await this.#run(
      scripts.search,
      [keys.stranger(uid)],
      [
        uid,
        ticket,
        `${since}`,
        pair,
        `${depth}`,
        mayRepeat ? "1" : "",
        interests.join(" "),
        ...queues,
      ],
    );
    return foundOf(reply);
  }

  async stop(uid: string, epoch: number): Promise<string | undefined> {
    const [state, pair] = await this.#run(scripts.stop, [keys.stranger(uid)], [uid, String(epoch)]);
    return state === "paired" ? pair : undefined;
  }

  async ready(uid: string, pair: string, epoch: number, isAnew: boolean): Promise<Readiness> {
    const args = [uid, pair, String(epoch), isAnew ? "1" : ""];
    const reply = await this.#run(scripts.ready, [keys.stranger(uid)], args);
    const [state, own, peerEpoch] = reply;
    if (state === "open" || state === "first") {
      return { state, epoch: Number(own), peerEpoch: Number(peerEpoch) };
    }
    if (state === "alone") return { state, epoch: Number(own) };
    return { state: state === "superseded" ? state : "ended" };
  }

  async away(uid: string, pair: string, epoch: number): Promise<void> {
    await run(this.#redis, scripts.away, [keys.stranger(uid)], [uid, pair, String(epoch)]);
  }

  async end(
    uid: string,
    pair: string,
    reason: string,
    how: { readonly isBlock?: boolean; readonly unlessBack?: Absent } = {},
  ): Promise<Ended> {
    const { unlessBack: absent } = how;
    const reply = await this.#run(scripts.end, this.#own(uid), [
      uid,
      pair,
      reason,
      how.isBlock === true ? "block" : "",
      absent === undefined ? "" : String(absent.epoch),
      absent?.isServerGone === true ? "1" : "",
    ]);
    const [state, peerServer, epoch] = reply;
    if (state === "back") return { state, peerServer: peerServer ?? "", epoch: Number(epoch) };
    return { state: state === "ended" ? state : "over" };
  }

  async beat(
    era: string,
    { waiting, talking }: { readonly waiting: number; readonly talking: number },
    uids: readonly string[],
  ): Promise<Beat> {
    const next = randomBytes(8).toString("hex");
    const reply = await this.#run(
      scripts.beat,
      [keys.server(this.#server), keys.servers, keys.era],
      [this.#server, era, next, String(LEASE_MS), `${waiting} ${talking}`, ...uids],
    );
    const [now = "", ...held] = reply;
    if (now !== era) return { isSameEra: false, era: now };
    return { isSameEra: true, held: held.map(heldOf) };
  }

  async restore(uid: string, { token, epoch, seat, startedAt }: Remembered): Promise<void> {
    const base = {
      state: seat === undefined ? "idle" : "paired",
      token,
      before: "",
      epoch,
      ready: 0,
    };
    const there = seat && {
      pair: seat.pair,
      role: seat.role,
      peer: seat.peer,
      shared: seat.shared.join(","),
      started: startedAt ?? 0,
    };
    const fields = Object.entries({ ...base, server: this.#server, ...there });
    const args = fields.flatMap(([name, value]) => [name, String(value)]);
    await run(this.#redis, scripts.restore, [keys.stranger(uid)], args);
  }

  async living(servers: readonly string[]): Promise<readonly boolean[]> {
    if (servers.length === 0) return [];
    const leases = await answered(this.#redis.mGet(servers.map((server) => keys.server(server))));
    return leases.map((lease) => lease !== null);
  }

  async publish(pair: string, payload: string): Promise<number> {
    return answered(this.#redis.sPublish(pairTopic(pair), payload));
  }

  async secret(name: string, lifeMs: number): Promise<Buffer> {
    const key = keys.secret(name);
    const fresh = randomBytes(32).toString("base64url");
    const options = {
      condition: "NX",
      GET: true,
      expiration: { type: "PX", value: lifeMs },
    } as const;
    const before = await answered(this.#redis.set(key, fresh, options));
    return Buffer.from(before ?? fresh, "base64url");
  }

  async waits(): Promise<readonly number[]> {
    const waits = await answered(this.#redis.zRange(keys.waits, 0, -1));
    return waits.map((wait) => Number.parseInt(wait, 10));
  }

  #own(uid: string): readonly string[] {
    return [keys.stranger(uid), keys.avoid(uid)];
  }

  async #run(script: Script, at: readonly string[], args: readonly string[]) {
    return texts(await run(this.#redis, script, at, args));
  }
}

function foundOf(reply: readonly string[]): Found {
  const [state, second = "", ...rest] = reply;
  if (state === "waiting") return { state, since: Number(second), isMore: rest[0] === "more" };
  if (state !== "paired") return { state: "gone" };
  return { state, seat: seatOf(second, rest) };
}

function seatOf(
  pair: string,
  [role, peer = "", peerServer = "", shared = ""]: readonly string[],
): Seat {
  const own: Role = role === "0" ? 0 : 1;
  return { pair, role: own, peer, peerServer, shared: shared.split(",").filter(Boolean) };
}

function heldOf(text: string): Held | undefined {
  const [state, epoch, pair = ""] = text.split(" ");
  if (state !== "idle" && state !== "waiting" && state !== "paired") return undefined;
  return { state, epoch: Number(epoch), pair };
}
