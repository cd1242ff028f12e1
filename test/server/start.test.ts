/** The commands as a person runs them: through the launcher, with all that is started by it. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isInstalled } from "#bin/install-packages.js";
import { buildPage } from "#bin/provision/page.ts";
import { isNewEnough } from "#bin/provision/redis.ts";
import { findLeftovers } from "#server/redis/embedded/leftovers.ts";
import { command } from "#server/redis/embedded/command.ts";
import { Stopwatch } from "#test/support/stopwatch.ts";
import { tempFolder } from "#test/support/temp.ts";
import { until } from "#test/support/until.ts";

const LAUNCHER = join(import.meta.dirname, "../..", "bin", "klatch.js");

describe("starting", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    test(`the launcher passes ${signal} on once, and ends with code 0 when all is ended`, async () => {
      const data = tempFolder();
      await using klatch = await start(data);
      assert.equal(await klatch.end(signal), 0);
      assert.match(klatch.output(), /Stopping …\n(?:.*\n)*Stopped\.\n/u);
      assert.deepEqual(await processesIn(data), []);
    });
  }

  test("a second start is ready in under two seconds", async () => {
    const data = tempFolder();
    let bestMs = Infinity;
    // The first is a first start; and other tests run beside this one, so one slow start says
    // nothing.
    for (let tries = 0; tries < 16 && bestMs >= 2_000; tries++) {
      using stopwatch = new Stopwatch();
      await using klatch = await start(data);
      if (tries > 0) bestMs = Math.min(bestMs, stopwatch.ms);
      await klatch.end("SIGTERM");
    }
    assert.ok(bestMs < 2_000, `took ${Math.round(bestMs)} ms at best`);
  });

  test("when the launcher is killed the server ends by itself, and the next start works", async () => {
    const data = tempFolder();
    await using first = await start(data);
    await command(socketIn(data), ["SET", "word", "kept"]);
    await first.end("SIGKILL");
    await using _ = await start(data);
    assert.equal(await command(socketIn(data), ["GET", "word"]), "kept");
  });

  test("when launcher and server are killed, the next start has everything", async () => {
    const data = tempFolder();
    await using first = await start(data);
    await command(socketIn(data), ["SET", "word", "kept"]);
    process.kill(Number(readFileSync(join(data, "klatch.pid"), "utf8")), "SIGKILL");
    await first.end("SIGKILL");
    assert.equal((await processesIn(data)).length, 2);
    await using _ = await start(data);
    assert.equal(await command(socketIn(data), ["GET", "word"]), "kept");
    assert.equal((await processesIn(data)).length, 2);
  });

  test("when everything is killed at once, the next start has everything", async () => {
    const data = tempFolder();
    await using first = await start(data);
    await command(socketIn(data), ["SET", "word", "kept"]);
    process.kill(Number(readFileSync(join(data, "klatch.pid"), "utf8")), "SIGKILL");
    for (const pid of await processesIn(data)) process.kill(pid, "SIGKILL");
    await first.end("SIGKILL");
    await using _ = await start(data);
    assert.equal(await command(socketIn(data), ["GET", "word"]), "kept");
  });

  test("a second Klatch in the same data folder is refused with what to do", async () => {
    const data = tempFolder();
    await using first = await start(data);
    const second = launch(["start", "--port", "0", "--data", data]);
    assert.equal(await second.ended, 1);
    const line = /^The data folder .* is in use by another Klatch \(pid (\d+)\)\. Stop that one,/mu;
    assert.match(second.output(), line);
    assert.equal(await first.end("SIGTERM"), 0);
  });
});

describe("the launcher", () => {
  test("names the commands there are", async () => {
    const { ended, output } = launch(["strat"]);
    assert.equal(await ended, 1);
    assert.match(output(), /^There is no command "strat"\.\n {2}start +start Klatch/u);
  });

  test("gives the exit code of the command", async () => {
    const { ended, output } = launch(["redis-cli", "--data", tempFolder()]);
    assert.equal(await ended, 1);
    assert.match(
      output(),
      /^No Klatch is running with the data folder .*\nStart it with npm start/u,
    );
  });

  test("knows whether the packages of the lockfile are installed", () => {
    const root = tempFolder();
    const one = { version: "1.0.0", integrity: "sha512-a" };
    const packages = { "": {}, "node_modules/a": one, "node_modules/b": { ...one, dev: true } };
    const foreign = { "node_modules/mac": { ...one, optional: true } };
    writeLock(join(root, "package-lock.json"), { ...packages, ...foreign });
    assert.equal(isInstalled(root, false), false);

    const installed = join(root, "node_modules", ".package-lock.json");
    mkdirSync(join(root, "node_modules"));
    writeLock(installed, packages);
    assert.equal(isInstalled(root, true), true);
    writeLock(installed, { "node_modules/a": one });
    assert.equal(isInstalled(root, true), false);
    assert.equal(isInstalled(root, false), true);
    writeLock(installed, { ...packages, "node_modules/a": { ...one, version: "1.0.1" } });
    assert.equal(isInstalled(root, true), false);
    writeLock(installed, { ...packages, "node_modules/a": { ...one, integrity: "sha512-b" } });
    assert.equal(isInstalled(root, true), false);
  });
});

describe("redis-cli", () => {
  test("runs a command on the Redis that holds the chat", async () => {
    const data = tempFolder();
    await using _ = await start(data);
    await command(socketIn(data), ["SET", "word", "kept"]);
    const { ended, output } = launch(["redis-cli", "--data", data, "GET", "word"]);
    assert.equal(await ended, 0);
    assert.equal(output().trim(), "kept");
  });
});

describe("provisioning", () => {
  test("takes Redis from 7.0 and Valkey from 7.2 on", () => {
    for (const [kind, version, isEnough] of [
      ["Redis", "6.2.14", false],
      ["Redis", "7.0.0", true],
      ["Redis", "10.0.1", true],
      ["Valkey", "7.1.9", false],
      ["valkey", "7.2.5", true],
      ["Valkey", "8.1.0", true],
    ] as const) {
      assert.equal(isNewEnough(kind, version), isEnough, `${kind} ${version}`);
    }
  });

  test("the page is built once for its sources, whole and compressed", async () => {
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const [one, other] = await Promise.all([buildPage(say), buildPage(say)]);
    assert.equal(one, other);
    const html = readFileSync(join(one, "index.html"), "utf8");
    const [, script = ""] = /<script[^>]* src="\/(assets\/[^"]+\.js)"/u.exec(html) ?? [];
    for (const name of [script, `${script}.br`, `${script}.gz`]) {
      assert.ok(readFileSync(join(one, name)).length > 0, name);
    }
    said.length = 0;
    await buildPage(say);
    assert.deepEqual(said, []);
  });
});

/** Starts Klatch through the launcher, on a free port. */
async function start(data: string) {
  const klatch = launch(["start", "--port", "0", "--data", data]);
  await Promise.race([
    until(() => klatch.output().includes("Klatch is running: "), {
      what: "it runs",
      timeoutMs: 30_000,
    }),
    klatch.ended.then((code) => {
      throw new Error(`It ended with ${String(code)}:\n${klatch.output()}`);
    }),
  ]);
  const end = async (signal: NodeJS.Signals) => {
    const exit = isGone(klatch.child) ? undefined : once(klatch.child, "exit");
    klatch.child.kill(signal);
    // What it started may live on, and holds its output open.
    return signal === "SIGKILL" ? exit : klatch.ended;
  };
  const dispose = async () => {
    await end("SIGTERM");
    // A test that killed what it started leaves Redis processes to the next start, or to us.
    for (const pid of await processesIn(data)) process.kill(pid, "SIGKILL");
  };
  return { ...klatch, end, [Symbol.asyncDispose]: dispose };
}

/** Runs the launcher; it ends when all is ended that writes to the same output. */
function launch(args: readonly string[]) {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: settingsOfTests(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => (output += part));
  }
  const ended = once(child, "close").then(([code]: unknown[]) => code);
  return { child, output: () => output, ended };
}

/** The settings of whoever runs the tests must not reach what is tested. */
function settingsOfTests(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, KLATCH_PAGE } = process.env;
  return { PATH, HOME, TMPDIR, KLATCH_PAGE };
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The Redis processes that run in a data folder. */
async function processesIn(data: string): Promise<readonly number[]> {
  const folders = [join(data, "redis"), join(data, "run", "empty")];
  return (await Promise.all(folders.map(findLeftovers))).flat();
}

function socketIn(data: string): string {
  return join(data, "run", "durable.sock");
}

function writeLock(path: string, packages: Readonly<Record<string, unknown>>): void {
  writeFileSync(path, JSON.stringify({ lockfileVersion: 3, packages }));
}
