/** Carries out every cell of the table, and remembers what was answered. */
import type { Running } from "./server.ts";
import { keys } from "#server/redis/keys.ts";
import { until } from "#test/support/until.ts";
import type { Outcome } from "./caller.ts";
import { Caller } from "./caller.ts";
import type { Keeper } from "./keeper.ts";
import type { Cell } from "./table.ts";
import { nameOf } from "./table.ts";
import type { World } from "./world.ts";

/** What came of a cell. */
export interface Done extends Outcome {
  readonly cell: Cell;
  /** Keys of Redis that were others afterwards. */
  readonly changed: readonly string[];
}

/** One after the other, each in the world as it was. */
export async function runAll(
  { url, store }: Running,
  world: World,
  keeper: Keeper,
  cells: readonly Cell[],
): Promise<readonly Done[]> {
  const caller = new Caller(url, world);
  const done: Done[] = [];
  for (const cell of cells) {
    const outcome = await caller.run(cell);
    // What somebody leaves behind who leaves for good is cleared up afterwards.
    const isClear = async () => (await store.exists(keys.leaving)) === 0;
    if (leavesForGood(cell, outcome)) await until(isClear, { what: "nothing is left of them" });
    done.push({ ...outcome, cell, changed: await keeper.restore() });
  }
  caller.close();
  return done;
}

function leavesForGood({ call }: Cell, { word }: Outcome): boolean {
  return call.call === "DELETE /api/me" && word === "ok";
}

/** `GET /api/rooms/:id · former · closed`. */
export function titleOf({ call, role, state }: Cell): string {
  return [nameOf(call), role, state].join(" · ");
}
