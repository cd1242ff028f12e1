/** How Klatch's own two Redis processes are set up, and where their files and sockets are. */
import { createHash } from "node:crypto";
import { join } from "node:path";

import { STRANGER_RULES, STRANGER_USER } from "#server/redis/strangers/forgetful.ts";

/** `durable` keeps everything that was acknowledged; `forgetful` keeps nothing on any disk. */
export type EmbeddedName = "durable" | "forgetful";

/** The longest path of a unix socket is 103 bytes on macOS and 107 on Linux. */
const SOCKET_PATH_BYTES_MAX = 100;

/** What there is to know of one of the two before it is started. */
export interface EmbeddedPlan {
  readonly name: EmbeddedName;
  /** Its working folder; also what its process is recognised by, so it never changes. */
  readonly folder: string;
  readonly socket: string;
  /** Where it logs; the forgetful one does not. */
  readonly log?: string;
  readonly args: readonly string[];
  /** Settings that only some versions know; set one by one after the start. */
  readonly optional: readonly (readonly [setting: string, value: string])[];
}

/** Plans both, for a data folder given by its real, absolute path. */
export function planEmbedded(dataFolder: string): Record<EmbeddedName, EmbeddedPlan> {
  const sockets = socketFolder(dataFolder);
  return {
    durable: planDurable(join(dataFolder, "redis"), join(sockets, "durable.sock"), dataFolder),
    forgetful: planForgetful(join(dataFolder, "run", "empty"), join(sockets, "forgetful.sock")),
  };
}

function planDurable(folder: string, socket: string, dataFolder: string): EmbeddedPlan {
  const log = join(dataFolder, "redis.log");
  const args = toArgs(durableSettings(folder, socket, log));
  return { name: "durable", folder, socket, log, args, optional: PRIVATE };
}

function planForgetful(folder: string, socket: string): EmbeddedPlan {
  const args = toArgs(forgetfulSettings(folder, socket));
  return { name: "forgetful", folder, socket, args, optional: PRIVATE };
}

/**
 * The folder of the sockets: in the data folder, or under /tmp where that path would be too long.
 */
export function socketFolder(dataFolder: string): string {
  const near = join(dataFolder, "run");
  if (Buffer.byteLength(join(near, "forgetful.sock")) <= SOCKET_PATH_BYTES_MAX) return near;
  const hash = createHash("sha256").update(dataFolder).digest("hex").slice(0, 16);
  // Not os.tmpdir(): it may differ from shell to shell, and `npm run redis-cli` must find it again.
  return `/tmp/klatch-${process.getuid?.() ?? 0}-${hash}`;
}

/** Redis 7.4 and Valkey 8 can leave commands out of logs and crash reports. */
const PRIVATE = [["hide-user-data-from-log", "yes"]] as const;

/** A line of redis.conf: the setting and its values. */
type Setting = readonly [name: string, ...values: readonly string[]];

function toArgs(settings: readonly Setting[]): readonly string[] {
  return settings.flatMap(([name, ...values]) => [`--${name}`, ...values]);
}

function common(folder: string, socket: string): readonly Setting[] {
  return [
    ["port", "0"],
    ["unixsocket", socket],
    ["unixsocketperm", "700"],
    ["dir", folder],
    ["daemonize", "no"],
    ["supervised", "no"],
    // The command line is what an abandoned process is recognised by; a title would hide it.
    ["set-proc-title", "no"],
    // Whatever grows too big is refused, aloud; nothing is dropped to make room.
    ["maxmemory-policy", "noeviction"],
    // A crash report would print the arguments of the command, so words of people.
    ["crash-log-enabled", "no"],
    // Everything acknowledged is in the append-only file already; a snapshot would only take time.
    ["shutdown-on-sigterm", "nosave", "now", "force"],
  ];
}

function durableSettings(folder: string, socket: string, log: string): readonly Setting[] {
  return [
    ...common(folder, socket),
    // The promise: what is acknowledged was flushed to disk before.
    ["appendonly", "yes"],
    ["appendfsync", "always"],
    ["no-appendfsync-on-rewrite", "no"],
    // After a power cut the file may end in half a command, which was never acknowledged.
    ["aof-load-truncated", "yes"],
    // A second copy, once an hour; if it fails the chat goes on, since the first one is the truth.
    ["save", "3600", "1"],
    ["stop-writes-on-bgsave-error", "no"],
    ["logfile", log],
    // The slow log holds arguments of commands.
    ["slowlog-max-len", "0"],
  ];
}

function forgetfulSettings(folder: string, socket: string): readonly Setting[] {
  return [
    ...common(folder, socket),
    ["appendonly", "no"],
    ["save", ""],
    ["logfile", ""],
    ["slowlog-log-slower-than", "-1"],
    ["slowlog-max-len", "0"],
    ["notify-keyspace-events", ""],
    ["client-output-buffer-limit", "pubsub", "64mb", "16mb", "30"],
    // Klatch signs in as somebody who cannot make it keep anything.
    ["user", STRANGER_USER, "on", "nopass", ...STRANGER_RULES.split(" ")],
    // Should anyone attach a replica, its copy must not pass through a file.
    ["rdb-del-sync-files", "yes"],
    ["repl-diskless-sync", "yes"],
    ["repl-diskless-load", "swapdb"],
  ];
}
