/** However a server or a Redis ends, no file and no log holds anything of anyone (P4). */
import type { Finding } from "#test/forget/findings.ts";
import { filesFinding } from "#test/forget/findings.ts";
import type { ForgetWorld, Which } from "#test/forget/world.ts";
import { talk } from "./sight.ts";

export type Death = readonly [which: Which, signal: "SIGTERM" | "SIGKILL" | "SIGSEGV"];

export const DEATHS: readonly Death[] = (["server", "durable", "forgetful"] as const).flatMap(
  (which) => (["SIGTERM", "SIGKILL", "SIGSEGV"] as const).map((signal) => [which, signal] as const),
);

const NAMES: Readonly<Record<Which, string>> = {
  server: "a server",
  durable: "the Redis that keeps everything",
  forgetful: "the forgetful Redis",
};

/** In the middle of a chat one of them ends; then all files are looked through. */
export async function deathFinding(world: ForgetWorld, [which, signal]: Death): Promise<Finding> {
  const two = await world.pair();
  await talk(two);
  await world.strike(which, signal);
  const finding = filesFinding(world, `${NAMES[which]} ended by ${signal}`);
  for (const each of two) each.vanish();
  if (which === "server") await world.startOne();
  await world.untilOpen();
  return finding;
}
