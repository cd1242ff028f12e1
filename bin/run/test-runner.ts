/**
 * Runs test files, given as arguments, and reports them as `node --test` does.
 *
 * Not with `--test-force-exit`: that ends a process before it has said all that it found, so that
 * results are lost. Each file's process is ended all the same (end-of-file.ts), since what a failed
 * test left open must not keep the others waiting.
 */
import { globSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";

/** Tests start servers and browsers of their own: more files at a time only get in each other's way. */
const FILES_AT_A_TIME = 2;
const TEST_MS_MAX = 120_000;

const tests = run({
  files: spread(globSync(process.argv.slice(2)).toSorted()),
  concurrency: FILES_AT_A_TIME,
  timeout: TEST_MS_MAX,
  execArgv: ["--import", new URL("end-of-file.ts", import.meta.url).href],
});
tests.on("test:fail", ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
tests.compose(new spec()).pipe(process.stdout);

/** Browsers take whole cores, other files mostly wait: so that few browsers meet, they are spread. */
function spread(files: readonly string[]): readonly string[] {
  const browsers = files.filter((file) => file.includes("e2e"));
  const others = files.filter((file) => !browsers.includes(file));
  const placed = [...evenly(browsers), ...evenly(others)].toSorted((a, b) => a.at - b.at);
  return placed.map(({ file }) => file);
}

function evenly(
  files: readonly string[],
): readonly { readonly file: string; readonly at: number }[] {
  return files.map((file, place) => ({ file, at: (place + 0.5) / files.length }));
}
