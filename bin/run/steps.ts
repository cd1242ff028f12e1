/** Steps that may take a while: a line when one begins, and one with its time when it ends. */
import type { Say } from "#bin/run/command.ts";

/** Runs `work`, saying `begins` before it and `ends` with the seconds it took after it. */
export async function step<Result>(
  { begins, ends, say }: { begins: string; ends: string; say: Say },
  work: () => Promise<Result>,
): Promise<Result> {
  say(`${begins} …`);
  const began = performance.now();
  const result = await work();
  say(`${ends} in ${seconds(began)}.`);
  return result;
}

/** Time since `began` (of `performance.now()`), for people: `0.4 s`, `12 s`. */
export function seconds(began: number): string {
  const passed = (performance.now() - began) / 1000;
  return `${passed.toFixed(passed < 10 ? 1 : 0)} s`;
}

/** The end of what a program printed: where it says what went wrong. */
export function lastLines(output: string, count = 6): readonly string[] {
  const lines = output.trim().split("\n");
  return lines.slice(-count).map((line) => `  ${line}`);
}
