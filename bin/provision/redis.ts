/**
 * A Redis to run: the one this system has, or one that is installed here, or words on how to get
 * one.
 */
import type { Say } from "#bin/run/command.ts";
import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RedisBinary } from "#server/redis/embedded.ts";
import { StartError } from "#server/start-error.ts";
import { CACHE } from "#bin/run/project.ts";
import { findOnPath, isExecutable, runQuietly } from "#bin/run/programs.ts";
import {
  INSTALL_COMMANDS,
  install,
  packageManagerName,
  usablePackageManager,
} from "#bin/provision/package-manager.ts";
import { unpackRedis, unpackedLibraries } from "#bin/provision/unpacked-redis.ts";

/** Sharded pub/sub came with these. */
const OLDEST = { Redis: "7.0", Valkey: "7.2" } as const;

/** What Debian's tools, Alpine, Fedora and Homebrew call it; the first that works is taken. */
const PACKAGES = {
  "apt-get": ["redis-tools", "valkey-tools"],
  apk: ["redis", "valkey"],
  dnf: ["valkey", "redis"],
  brew: ["redis", "valkey"],
} as const;

const LINK = join(CACHE, "redis", "bin", "redis-server");

/**
 * Finds a server: on PATH, in the cache folder, or hidden in Debian's tools. Failing that, installs
 * one where that needs no password. `say` hears of each long step. Throws a StartError otherwise.
 */
export async function findRedis(say: Say): Promise<RedisBinary> {
  const tooOld: string[] = [];
  const found = (await findInstalled(tooOld)) ?? (await installRedis(say, tooOld));
  if (found !== undefined) return found;
  throw notFound(tooOld);
}

async function findInstalled(tooOld: string[]): Promise<RedisBinary | undefined> {
  const onPath = [findOnPath("valkey-server"), findOnPath("redis-server")];
  for (const path of [...onPath, LINK]) {
    const found = await inspect(path, tooOld);
    if (found !== undefined) return found;
  }
  return findInTools(tooOld);
}

/**
 * Debian's redis-tools has the whole server as redis-check-rdb, which looks at the name it is
 * called by. So a link by another name is a server, with no service set up that would also run.
 */
async function findInTools(tooOld: string[]): Promise<RedisBinary | undefined> {
  const tools = findOnPath("redis-check-rdb", "valkey-check-rdb");
  if (tools === undefined) return undefined;
  const server = basename(tools).replace("check-rdb", "server");
  const link = join(dirname(LINK), server);
  mkdirSync(dirname(link), { recursive: true });
  // Made aside and moved into place: another start may be at the same point.
  const aside = `${link}.${process.pid}`;
  rmSync(aside, { force: true });
  symlinkSync(tools, aside);
  renameSync(aside, link);
  return inspect(link, tooOld);
}

async function installRedis(say: Say, tooOld: string[]): Promise<RedisBinary | undefined> {
  const manager = await usablePackageManager();
  for (const name of manager === undefined ? [] : PACKAGES[manager.name]) {
    if (manager === undefined) break;
    const problem = await install(manager, [name], say);
    if (problem !== undefined) for (const line of problem) say(line);
    const found = await findInstalled(tooOld);
    if (found !== undefined) return found;
  }
  if (packageManagerName() !== "apt-get") return undefined;
  return (await unpackRedis(say)) ? inspect(LINK, tooOld) : undefined;
}

/**
 * What the program is, if it runs and is new enough; one that is too old is remembered for the
 * message.
 */
async function inspect(
  path: string | undefined,
  tooOld: string[],
): Promise<RedisBinary | undefined> {
  if (path === undefined || !isExecutable(path)) return undefined;
  const libraries = path === LINK ? unpackedLibraries() : undefined;
  const env = libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries };
  const { output } = await runQuietly(path, ["--version"], { env: { ...process.env, ...env } });
  const said = /^(Redis|Valkey) server v=(\d+\.\d+\.\d+)/iu.exec(output);
  const [, kind = "", version = ""] = said ?? [];
  if (said === null) return undefined;
  if (!isNewEnough(kind, version)) {
    tooOld.push(`${kind} ${version} (${path})`);
    return undefined;
  }
  const cli = findCli(path);
  return { path, version, ...(libraries && { env }), ...(cli && { cli }) };
}

/** Whether this version has all that Klatch needs. */
export function isNewEnough(kind: string, version: string): boolean {
  const oldest = kind.toLowerCase() === "valkey" ? OLDEST.Valkey : OLDEST.Redis;
  return version.localeCompare(oldest, "en", { numeric: true }) >= 0;
}

/** The shell that lies beside the server, else any on PATH. */
function findCli(server: string): string | undefined {
  const names = ["redis-cli", "valkey-cli"];
  const beside = names.map((name) => join(dirname(server), name)).find(isExecutable);
  return beside ?? findOnPath(...names);
}

function notFound(tooOld: readonly string[]): StartError {
  const manager = packageManagerName() ?? "apt-get";
  const packages = manager === "apt-get" ? "redis-server" : PACKAGES[manager][0];
  const newest = [...new Set(tooOld)].join(", ");
  return new StartError(
    `Klatch needs Redis ${OLDEST.Redis} or Valkey ${OLDEST.Valkey}, or newer, and could not install it here.`,
    ...(newest === "" ? [] : [`Too old: ${newest}.`]),
    "Any of these will do:",
    `  1. Install it, then start again:      ${INSTALL_COMMANDS[manager]} ${packages}`,
    "  2. Run it in a container:             docker run -d -p 127.0.0.1:6379:6379 redis redis-server --appendonly yes",
    "     and name it:                       REDIS_URL=redis://127.0.0.1:6379 npm start",
    "  3. Use one that runs somewhere:       REDIS_URL=redis://user:password@host:6379 npm start",
  );
}
