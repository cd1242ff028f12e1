/** All faults that are injected into real processes, in the order of their numbers. */
import type { Fault } from "#test/faults/fault.ts";
import { emptiedRedis } from "./emptied.ts";
import { innerError } from "./errors.ts";
import { flood } from "./floods.ts";
import { fallenBehind, severed, silentLink } from "./links.ts";
import { cutLog, everysec } from "./lossy.ts";
import {
  fullDisk,
  fullMemory,
  powerLoss,
  redisKill,
  rewrite,
  standstill,
  tornWrite,
} from "./redis.ts";
import { insistence, lostAck, twoAtOnce } from "./resending.ts";
import {
  frozenServer,
  longFrozenServers,
  rollingRestart,
  serverKill,
  serverStop,
} from "./servers.ts";
import { badLine, halfOpen, slowReader } from "./network.ts";
import { storm } from "./storm.ts";

export const FAULTS: readonly Fault[] = [
  serverKill,
  serverStop,
  rollingRestart,
  frozenServer,
  longFrozenServers,
  innerError,
  redisKill,
  everysec,
  powerLoss,
  tornWrite,
  standstill,
  emptiedRedis,
  cutLog,
  fullDisk,
  fullMemory,
  severed,
  fallenBehind,
  silentLink,
  rewrite,
  halfOpen,
  badLine,
  slowReader,
  lostAck,
  insistence,
  twoAtOnce,
  storm,
  flood,
];
