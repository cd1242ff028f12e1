/**
 * The log: one JSON line an event on stderr. Never holds a message, a password, a token or a whole
 * request.
 */
import type { Logger } from "pino";
import { destination, pino } from "pino";
import type { LogLevel } from "./config.ts";

export type Log = Logger;

/** A person at a terminal sees the start's own lines and only what needs attention. */
export function createLog(level: LogLevel | undefined, serverId: string): Log {
  const byDefault = process.stderr.isTTY ? "warn" : "info";
  return pino(
    {
      level: level ?? byDefault,
      base: { server: serverId },
      timestamp: pino.stdTimeFunctions.isoTime,
      // The stack says where; the message of an unknown error could quote what a person wrote.
      serializers: { error: describe },
    },
    destination({ fd: 2, sync: true }),
  );
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return { name: typeof error };
  const where = error.stack?.split("\n").filter((line) => /^\s+at /u.test(line));
  return { name: error.name, at: where?.slice(0, 8).map((line) => line.trim()) };
}
