/**
 * One process of the fuzz: does to the lobby what servers do, at random and many at once, for
 * strangers of its own; tells its parent what it did. Ended by a signal at any moment.
 */
import { randomBytes } from "node:crypto";
import { argv, exit } from "node:process";
import type { Seat } from "#server/stranger/lobby-store.ts";
import { connect } from "#server/redis/connect.ts";
import { RedisLobbyStore } from "#server/redis/strangers/redis-lobby-store.ts";

const AT_ONCE = 24;
const PEOPLE = 400;
const INTERESTS = 12;
const REPORT_EVERY = 500;

/** What a parent hears. */
export interface Report {
  readonly operations: number;
  readonly pairs: readonly (readonly [pair: string, one: string, other: string])[];
  readonly wrong: readonly string[];
}

interface Player {
  readonly uid: string;
  token: string;
  epoch: number;
  seat: Seat | undefined;
}

const [url = ""] = argv.slice(2);
const server = randomId(8);
const redis = await connect(url, "fuzz");
const store = new RedisLobbyStore(redis, server);
const players: Player[] = [];
let operations = 0;
let pairs: (readonly [string, string, string])[] = [];
let wrong: string[] = [];

await Promise.all(Array.from({ length: AT_ONCE }, play));

async function play(): Promise<never> {
  for (;;) {
    const player = players[Math.floor(Math.random() * PEOPLE)] ?? (await newcomer());
    await act(player, Math.random());
    operations++;
    if (operations % REPORT_EVERY === 0) report();
  }
}

async function act(player: Player, chance: number): Promise<void> {
  const { uid, seat } = player;
  if (chance < 0.55) await search(player);
  else if (chance < 0.62) await stop(player);
  else if (chance < 0.66) await comeBack(player);
  else if (chance < 0.68) replace(player);
  else if (chance < 0.72) await store.beat("fuzz", { waiting: 0, talking: 0 }, some());
  else if (seat === undefined) await search(player);
  else if (chance < 0.8) await ready(player, seat.pair);
  else if (chance < 0.84) await store.away(uid, seat.pair, player.epoch);
  else await end(player, seat, chance);
}

async function search(player: Player): Promise<void> {
  const interests = Array.from({ length: Math.floor(Math.random() * 4) }, () =>
    String(Math.floor(Math.random() * INTERESTS)),
  );
  const queues = interests.map((interest) => `interest:${interest}`);
  if (Math.random() < 0.5) queues.push(`language:${Math.random() < 0.5 ? "en" : "de"}`);
  if (Math.random() < 0.4 || queues.length === 0) queues.push("anyone");
  const found = await store.search({
    uid: player.uid,
    ticket: randomId(6),
    since: 0,
    pair: randomId(16),
    depth: 32,
    mayRepeat: Math.random() < 0.7,
    interests,
    queues,
  });
  if (found.state === "gone") replace(player);
  if (found.state !== "paired") return;
  player.seat = found.seat;
  pairs.push([found.seat.pair, player.uid, found.seat.peer]);
  if (found.seat.peer === player.uid) wrong.push(`with oneself: ${player.uid}`);
}

async function stop(player: Player): Promise<void> {
  const pair = await store.stop(player.uid, player.epoch);
  if (pair !== undefined) await store.end(player.uid, pair, "left");
}

async function comeBack(player: Player): Promise<void> {
  const next = randomId(16);
  const entered = await store.enter(player.uid, player.token, next);
  if (entered.state !== "back") {
    replace(player);
    return;
  }
  player.token = next;
  player.epoch = entered.epoch;
  player.seat = entered.seat;
}

async function ready(player: Player, pair: string): Promise<void> {
  const readiness = await store.ready(player.uid, pair, player.epoch, Math.random() < 0.1);
  if ("epoch" in readiness) player.epoch = readiness.epoch;
  if (readiness.state === "ended") player.seat = undefined;
}

/** By one side, by both at once, or because the other one seems to be gone. */
async function end(player: Player, { pair, peer }: Seat, chance: number): Promise<void> {
  player.seat = undefined;
  const { uid, epoch } = player;
  if (chance < 0.9) await store.end(uid, pair, "left", { isBlock: Math.random() < 0.01 });
  else if (chance < 0.95) {
    await Promise.all([store.end(uid, pair, "skipped"), store.end(peer, pair, "left")]);
  } else {
    const unlessBack = { epoch, isServerGone: Math.random() < 0.5 };
    await store.end(uid, pair, "lost", { unlessBack });
  }
}

async function newcomer(): Promise<Player> {
  const player = { uid: randomId(16), token: randomId(16), epoch: 0, seat: undefined };
  await store.enter(player.uid, undefined, player.token);
  players.push(player);
  return player;
}

/** They vanish without a word: nobody keeps them alive. */
function replace(player: Player): void {
  const at = players.indexOf(player);
  if (at >= 0) players.splice(at, 1);
}

function some(): readonly string[] {
  const from = Math.floor(Math.random() * players.length);
  return players.slice(from, from + 100).map(({ uid }) => uid);
}

function report(): void {
  process.send?.({ operations: REPORT_EVERY, pairs, wrong } satisfies Report, (error: unknown) => {
    if (error) exit(1);
  });
  pairs = [];
  wrong = [];
}

function randomId(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
