/** Brings node_modules in line with package-lock.json; plain JavaScript, since it runs on any Node from 18 on. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A lock whose owner cannot be asked is taken over after this long. */
const LOCK_STALE_MS = 15 * 60_000;
/** So much of what npm says is shown when it fails. */
const LINES_MAX = 12;

/**
 * Runs `npm ci` if what is installed differs from the lockfile; says so on stderr in a line or two.
 * Two that do this at the same moment take turns. Throws an Error for people if npm fails.
 * @param {{ root: string, withDev: boolean }} options withDev: packages only tests need must be there too
 * @returns {Promise<void>}
 */
export async function installPackages({ root, withDev }) {
  if (isInstalled(root, withDev)) return;
  const unlock = await lock(join(root, ".cache"));
  try {
    if (isInstalled(root, withDev)) return;
    console.error("Installing packages …");
    const began = Date.now();
    await npmCi(root, withDev);
    console.error(`Installed packages in ${Math.ceil((Date.now() - began) / 1000)} s.`);
  } finally {
    unlock();
  }
}

/**
 * Whether every package of the lockfile is installed in its version. npm records what it installed in
 * node_modules/.package-lock.json, last of all, so an interrupted installation does not count.
 * Optional packages may be missing: they are for other platforms.
 * @param {string} root
 * @param {boolean} withDev
 * @returns {boolean}
 */
export function isInstalled(root, withDev) {
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const there = installed[path];
    if (there !== undefined) return there.version === entry.version && same(there, entry);
    return entry.optional === true || ((entry.dev || entry.devOptional) === true && !withDev);
  });
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, dev?: boolean,
 *   devOptional?: boolean }} LockEntry
 */

/**
 * @param {LockEntry} a
 * @param {LockEntry} b
 */
function same(a, b) {
  return a.integrity === undefined || b.integrity === undefined || a.integrity === b.integrity;
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined} undefined if there is no such lockfile
 */
function readPackages(file) {
  try {
    const lockfile = /** @type {{ packages?: Record<string, LockEntry> }} */ (
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because npm writes it
      JSON.parse(readFileSync(file, "utf8"))
    );
    return lockfile.packages;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {boolean} withDev
 * @returns {Promise<void>}
 */
function npmCi(root, withDev) {
  const args = ["ci", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  if (withDev) args.push("--include=dev");
  const { program, first, shell } = npm();
  const child = spawn(program, [...first, ...args], {
    cwd: root,
    shell,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output = (output + String(chunk)).slice(-20_000);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      const advice = "npm comes with Node; install both from nodejs.org and try again.";
      reject(new Error(`npm could not be started (${error.message}). ${advice}`));
    });
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${summary(output)}\n${cure(output)}`));
    });
  });
}

/**
 * The beginning of npm's complaint, which says what is wrong; explanations of its options follow.
 * @param {string} output
 */
function summary(output) {
  const lines = output.trim().split("\n");
  return lines.length <= LINES_MAX
    ? lines.join("\n")
    : [...lines.slice(0, LINES_MAX), "…"].join("\n");
}

/** @param {string} output */
function cure(output) {
  if (output.includes("EUSAGE")) {
    return "package-lock.json does not go with package.json: run npm install, then try again.";
  }
  if (/ENOSPC|EACCES|EPERM|EROFS/u.test(output)) {
    return "npm could not write node_modules: it needs space, and the right to write here.";
  }
  return "npm could not install the packages: check the connection to its registry, then try again.";
}

/** The npm that started us, if one did: it is the one the person chose. */
function npm() {
  const script = process.env["npm_execpath"];
  if (script !== undefined && basename(script) === "npm-cli.js") {
    return { program: process.execPath, first: [script], shell: false };
  }
  // On Windows npm is a .cmd file, which only a shell can start.
  return { program: "npm", first: [], shell: process.platform === "win32" };
}

/**
 * Holds .cache/install.lock, waiting while another process holds it.
 * @param {string} folder
 * @returns {Promise<() => void>} releases it
 */
async function lock(folder) {
  const file = join(folder, "install.lock");
  mkdirSync(folder, { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!isCode(error, "EEXIST")) throw error;
    }
    if (isStale(file)) rmSync(file, { force: true });
    else if (!waited) console.error("Waiting for another installation in this folder …");
    await sleep(200);
  }
}

/** @param {string} file */
function isStale(file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    // An empty file was created this instant, or its writer died in that instant.
    if (pid === 0 || Date.now() - statSync(file).mtimeMs > LOCK_STALE_MS) {
      return Date.now() - statSync(file).mtimeMs > 2_000;
    }
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isCode(error, "ESRCH");
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function isCode(error, code) {
  return error instanceof Error && "code" in error && error.code === code;
}
