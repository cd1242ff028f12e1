/**
 * Runs test files, given as arguments, and reports them as `node --test` does.
 *
 * Not with `node --test --test-force-exit`: that ends the runner, too, before it has read what the
 * files have to say. Here only each file's own process is ended, since what a failed test left open
 * must not keep the others waiting. Its last lines may still be lost, and so the totals can be a few
 * too low; its exit code is not, so a failure always counts.
 */
import { globSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";

/** Tests start servers and browsers of their own: more files at a time only get in each other's way. */
const FILES_AT_A_TIME = 2;
const TEST_MS_MAX = 120_000;

const tests = run({
  files: globSync(process.argv.slice(2)).toSorted(),
  concurrency: FILES_AT_A_TIME,
  timeout: TEST_MS_MAX,
  execArgv: ["--test-force-exit"],
});
tests.on("test:fail", ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
tests.compose(new spec()).pipe(process.stdout);
