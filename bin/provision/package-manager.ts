/** The system's package manager, where it can be used without a password. */
import type { Say } from "#bin/run/command.ts";
import { existsSync, readdirSync } from "node:fs";
import { findOnPath, runQuietly } from "#bin/run/programs.ts";
import { lastLines, step } from "#bin/run/steps.ts";

type Name = "apt-get" | "apk" | "dnf" | "brew";

export interface PackageManager {
  readonly name: Name;
  /** `[]`, or what to put before a command so that it has the rights. */
  readonly rights: readonly string[];
}

/** What a person would type for each; also in that order looked for. */
export const INSTALL_COMMANDS: Readonly<Record<Name, string>> = {
  "apt-get": "sudo apt-get install",
  apk: "sudo apk add",
  dnf: "sudo dnf install",
  brew: "brew install",
};

const NAMES = ["apt-get", "apk", "dnf", "brew"] as const satisfies readonly Name[];

/** Which package manager this system has, whether or not we may use it. */
export function packageManagerName(): Name | undefined {
  return NAMES.find((name) => findOnPath(name) !== undefined);
}

/**
 * The package manager, if it can be used without a password; Homebrew wants to be used by a person.
 */
export async function usablePackageManager(): Promise<PackageManager | undefined> {
  const name = packageManagerName();
  if (name === undefined) return undefined;
  const isRoot = process.getuid?.() === 0;
  if (name === "brew") return isRoot ? undefined : { name, rights: [] };
  if (isRoot) return { name, rights: [] };
  const sudo = await runQuietly("sudo", ["-n", "true"]);
  return sudo.code === 0 ? { name, rights: ["sudo", "-n"] } : undefined;
}

/**
 * Installs packages, saying so before and after. Gives what went wrong, in lines, or `undefined`.
 * No service is started: these packages have none, and on Debian none is allowed to start.
 */
export async function install(
  manager: PackageManager,
  packages: readonly string[],
  say: Say,
): Promise<readonly string[] | undefined> {
  const what = packages.join(", ");
  const begins = `Installing ${what} with ${manager.name}`;
  return step({ begins, ends: `${manager.name} was done`, say }, async () => {
    if (manager.name === "apt-get" && !hasLists()) await run(manager, UPDATE);
    let outcome = await run(manager, installArgs(manager.name, packages));
    if (outcome.code !== 0 && manager.name === "apt-get") {
      // Lists that are out of date name packages that are gone.
      await run(manager, UPDATE);
      outcome = await run(manager, installArgs(manager.name, packages));
    }
    return outcome.code === 0 ? undefined : lastLines(outcome.output);
  });
}

const UPDATE = ["apt-get", "update"];
/** Another installation may hold apt's lock: wait for it, in seconds. */
const WAIT = ["-o", "DPkg::Lock::Timeout=120"];

function installArgs(name: Name, packages: readonly string[]): readonly string[] {
  switch (name) {
    case "apt-get":
      return [name, "install", "-y", "--no-install-recommends", ...WAIT, ...packages];
    case "apk":
      return [name, "add", ...packages];
    case "dnf":
      return [name, "install", "-y", ...packages];
    case "brew":
      return [name, "install", ...packages];
  }
}

function run(manager: PackageManager, args: readonly string[]) {
  const asks = { DEBIAN_FRONTEND: "noninteractive", HOMEBREW_NO_AUTO_UPDATE: "1" };
  // sudo drops the environment, so the settings go through env.
  const settings = Object.entries(asks).map(([name, value]) => `${name}=${value}`);
  const [program = "env", ...rest] = [...manager.rights, "env", ...settings, ...args];
  return runQuietly(program, rest);
}

/** Whether apt knows any packages; images of containers come without. */
function hasLists(): boolean {
  const folder = "/var/lib/apt/lists";
  return existsSync(folder) && readdirSync(folder).some((name) => name.includes("_Packages"));
}
