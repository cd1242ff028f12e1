/**
 * Debian's Redis unpacked into the cache folder: needs no rights, and leaves the system as it is.
 */
import type { Say } from "#bin/run/command.ts";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { CACHE } from "#bin/run/project.ts";
import { runQuietly } from "#bin/run/programs.ts";
import { lastLines, step } from "#bin/run/steps.ts";

const HOME = join(CACHE, "redis");
const UNPACKED = join(HOME, "root");
/** The servers Debian and Ubuntu have; some releases have only one of them. */
const SERVERS = ["redis-server", "valkey-server"] as const;

/**
 * The folders with libraries that were unpacked, as LD_LIBRARY_PATH has them; `undefined` if none.
 */
export function unpackedLibraries(): string | undefined {
  const folders = ["usr/lib", "lib"]
    .map((name) => join(UNPACKED, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((folder) => folder.includes("-linux-"));
  return folders.length === 0 ? undefined : folders.join(":");
}

/**
 * Downloads the server and the libraries it lacks, and unpacks them. False, with words, if that
 * fails.
 */
export async function unpackRedis(say: Say): Promise<boolean> {
  const work = `${HOME}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const begins = "Downloading Redis into .cache, since there are no rights to install it";
    const problem = await step({ begins, ends: "That was done", say }, () => unpackInto(work));
    for (const line of problem ?? []) say(line);
    return problem === undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Gives what went wrong, in lines, or `undefined`. */
async function unpackInto(work: string): Promise<readonly string[] | undefined> {
  const downloads = join(work, "downloads");
  mkdirSync(downloads);
  let got = await download(SYSTEM_LISTS, downloads);
  if (!got.ok) {
    // The system's lists are missing or out of date, and not ours to renew.
    const ownLists = ownListsIn(work);
    await runQuietly("apt-get", [...ownLists, "update"]);
    got = await download(ownLists, downloads);
  }
  if (!got.ok) return lastLines(got.why);
  for (const file of readdirSync(downloads)) {
    const args = ["-x", join(downloads, file), join(work, "root")];
    const { code, output } = await runQuietly("dpkg-deb", args);
    if (code !== 0) return lastLines(output);
  }
  putInPlace(join(work, "root"), got.server);
  return undefined;
}

/** Nothing is installed, so nothing needs to be locked. */
const SYSTEM_LISTS = ["-o", "Debug::NoLocking=true"];

function ownListsIn(work: string): readonly string[] {
  const state = join(work, "state");
  const cache = join(work, "cache");
  mkdirSync(join(state, "lists", "partial"), { recursive: true });
  mkdirSync(join(cache, "archives", "partial"), { recursive: true });
  const settings = [
    `Dir::State=${state}`,
    `Dir::Cache=${cache}`,
    "Dir::State::status=/var/lib/dpkg/status",
  ];
  return [...SYSTEM_LISTS, ...settings.flatMap((setting) => ["-o", setting])];
}

type Download =
  | { readonly ok: true; readonly server: string }
  | { readonly ok: false; readonly why: string };

/** Downloads a server with what it needs beyond what is installed, as apt itself works that out. */
async function download(apt: readonly string[], folder: string): Promise<Download> {
  let why = "apt-get knows neither redis-server nor valkey-server.";
  for (const server of SERVERS) {
    const args = [...apt, "--simulate", "--no-install-recommends", "install", server];
    const plan = await runQuietly("apt-get", args);
    const needed = [...plan.output.matchAll(/^Inst (\S+)/gmu)].map(([, name = ""]) => name);
    // The rest is for setting up the service.
    const wanted = needed.filter((name) => /^(?:lib|redis|valkey)/u.test(name));
    if (plan.code !== 0 || wanted.length === 0) continue;
    const got = await runQuietly("apt-get", [...apt, "download", ...wanted], { cwd: folder });
    if (got.code === 0) return { ok: true, server };
    why = got.output;
  }
  return { ok: false, why };
}

/**
 * Moves it in, then links it; whoever comes second at the same moment uses what the first one
 * moved.
 */
function putInPlace(root: string, server: string): void {
  mkdirSync(join(HOME, "bin"), { recursive: true });
  rmSync(UNPACKED, { recursive: true, force: true });
  renameSync(root, UNPACKED);
  const names = { "redis-server": server, "redis-cli": server.replace("server", "cli") };
  for (const [name, target] of Object.entries(names)) {
    const link = join(HOME, "bin", name);
    rmSync(link, { force: true });
    symlinkSync(join("..", "root", "usr", "bin", target), link);
  }
}
