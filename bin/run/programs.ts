/** Finding programs on PATH, and running them. */
import { spawn, type SpawnOptions } from "node:child_process";
import { accessSync, constants as access, statSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";

/** How a program ended, and what it printed, stdout and stderr together. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Path of the first of these programs that is on PATH. */
export function findOnPath(...names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** Whether there is a program at this path that we may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, access.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

type Place = Pick<SpawnOptions, "cwd" | "env">;

/** Runs a program quietly. One that cannot be started has code 127, as in a shell. */
export function runQuietly(
  program: string,
  args: readonly string[],
  place: Place = {},
): Promise<Outcome> {
  const child = spawn(program, args, { ...place, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (part: string) => (output += part));
  }
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: 127, output: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs a program that reads and prints for itself; gives its exit code. What we are told, it is
 * told, except for Ctrl-C in a terminal, which reaches it by itself; we stay until it has ended.
 */
export function runAloud(
  program: string,
  args: readonly string[],
  place: Place = {},
): Promise<number> {
  const child = spawn(program, args, { ...place, stdio: "inherit" });
  const pass = (signal: NodeJS.Signals) => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  process.on("SIGTERM", pass).on("SIGHUP", pass).on("SIGINT", pass);
  return new Promise((resolve) => {
    const done = (code: number) => {
      process.off("SIGTERM", pass).off("SIGHUP", pass).off("SIGINT", pass);
      resolve(code);
    };
    child.once("error", (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      done(127);
    });
    child.once("close", (code, signal) => {
      done(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}
