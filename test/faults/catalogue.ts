/** All faults that are injected into real processes, in the order of their numbers. */
import type { Fault } from "./fault.ts";
import { powerLoss, redisKill } from "./catalogue/redis.ts";
import { insistence, lostAck, twoAtOnce } from "./catalogue/resending.ts";
import { serverKill } from "./catalogue/servers.ts";

export const FAULTS: readonly Fault[] = [
  serverKill,
  redisKill,
  powerLoss,
  lostAck,
  insistence,
  twoAtOnce,
];
