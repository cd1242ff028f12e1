/** All faults that are injected into real processes, in the order of their numbers. */
import type { Fault } from "./fault.ts";
import { fallenBehind, severed, silentLink } from "./catalogue/links.ts";
import { cutLog, everysec } from "./catalogue/lossy.ts";
import {
  fullDisk,
  fullMemory,
  powerLoss,
  redisKill,
  rewrite,
  standstill,
} from "./catalogue/redis.ts";
import { insistence, lostAck, twoAtOnce } from "./catalogue/resending.ts";
import { frozenServer, rollingRestart, serverKill, serverStop } from "./catalogue/servers.ts";
import { badLine, flood, halfOpen, slowReader } from "./catalogue/network.ts";

export const FAULTS: readonly Fault[] = [
  serverKill,
  serverStop,
  rollingRestart,
  frozenServer,
  redisKill,
  everysec,
  powerLoss,
  standstill,
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
  flood,
];
