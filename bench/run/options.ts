/** What a person may choose for a bench; the rest is fixed, so that figures can be compared. */
import { parseArgs } from "node:util";
import { StartError } from "#server/start-error.ts";

export interface BenchOptions {
  /** How often everything is measured; the medians count. */
  readonly rounds: number | undefined;
  /** How long one measurement takes. */
  readonly seconds: number | undefined;
  /** Connections that listen. */
  readonly clients: number | undefined;
  /** Names of the subjects; all of them if absent. */
  readonly only: readonly string[] | undefined;
  /** Whether docs/numbers.md is to hold what comes out. */
  readonly keep: boolean;
}

/** What everything a bench does is given. */
export interface BenchRun extends BenchOptions {
  readonly say: (line: string) => void;
  /** Version of the Redis that is used. */
  readonly redis: string;
}

/** Throws a StartError for what is not understood. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string" },
      seconds: { type: "string" },
      clients: { type: "string" },
      only: { type: "string" },
      keep: { type: "boolean", default: false },
    },
  });
  return {
    rounds: wholeNumber("--rounds", values.rounds, 99),
    seconds: wholeNumber("--seconds", values.seconds, 600),
    clients: wholeNumber("--clients", values.clients, 5_000),
    only: values.only?.split(","),
    keep: values.keep,
  };
}

/** The chosen ones; throws a StartError if a name is none. */
export function choose<S extends { readonly name: string }>(
  subjects: readonly S[],
  only: readonly string[] | undefined,
): readonly S[] {
  const unknown = only?.filter((name) => !subjects.some((subject) => subject.name === name)) ?? [];
  if (unknown.length === 0) return subjects.filter(({ name }) => only?.includes(name) ?? true);
  const known = subjects.map(({ name }) => name).join(", ");
  throw new StartError(`There is nothing called ${unknown.join(", ")} here. There are: ${known}`);
}

function wholeNumber(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^[1-9]\d{0,5}$/u.test(text) ? Number(text) : Infinity;
  if (value <= most) return value;
  throw new StartError(`${flag} is "${text}", but it must be a whole number from 1 to ${most}.`);
}
