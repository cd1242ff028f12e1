/** All checkers over one history. */
import type { Happened } from "#test/simulation/world/history.ts";
import { acknowledged, changed, durable, sentAgain } from "./acknowledged.ts";
import type { Checker } from "./facts.ts";
import { gather } from "./facts.ts";
import { places } from "./places.ts";
import { forksTold, members, sessions, unbroken } from "./servers.ts";
import { caught, fifo, live } from "./settled.ts";
import { once, real, told, whole } from "./shown.ts";

export const CHECKERS: Readonly<Record<string, Checker>> = {
  durable,
  sentAgain,
  changed,
  once,
  real,
  places,
  told,
  whole,
  unbroken,
  forksTold,
  members,
  sessions,
  fifo,
  live,
  caught,
};

/** More of one history says nothing more. */
const VIOLATIONS_MAX = 20;

export function check(happened: readonly Happened[]) {
  const facts = gather(happened);
  const violations = Object.values(CHECKERS).flatMap((checker) => checker(facts));
  return {
    violations: violations.slice(0, VIOLATIONS_MAX),
    acknowledged: acknowledged(facts).length,
  };
}
