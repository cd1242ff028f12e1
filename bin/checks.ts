/** Everything that must hold before a change is in: format, lint, types, tests. The one list of it. */
import { PACKAGED, ROOT } from "#bin/run/project.ts";
import { runAloud } from "#bin/run/programs.ts";
import { seconds } from "#bin/run/steps.ts";

const NODE = process.execPath;

interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

const CHECKS: readonly Check[] = [
  { name: "format", args: [PACKAGED.oxfmt, "--check"] },
  { name: "lint", args: [PACKAGED.oxlint, "--type-aware", "--deny-warnings"] },
  { name: "types of server and tests", args: [PACKAGED.tsc, "-p", "tsconfig.json"] },
  { name: "types of the page", args: [PACKAGED.tsc, "-p", "tsconfig.web.json"] },
];

/** Tests start servers and browsers of their own, so more files at a time than this only get in each other's way. */
const FILES_AT_A_TIME = 2;
const TEST_MS_MAX = 120_000;

/**
 * Runs all checks, a line for each, and stops at the first that fails. Tests come last, so that
 * their totals end the output. Gives the exit code. `only` names test files to run instead of all.
 */
export async function runChecks(
  env: NodeJS.ProcessEnv,
  only: readonly string[] = [],
): Promise<number> {
  for (const { name, args } of CHECKS) {
    const began = performance.now();
    const code = await runAloud(NODE, args, { cwd: ROOT, env });
    if (code !== 0) {
      console.error(`✗ ${name}: see above. npm run format mends what can be mended by itself.`);
      return code;
    }
    console.log(`✓ ${name} (${seconds(began)})`);
  }
  const files = only.length === 0 ? ["test/**/*.test.ts"] : only;
  const limits = [`--test-concurrency=${FILES_AT_A_TIME}`, `--test-timeout=${TEST_MS_MAX}`];
  // What a failed test left open must not keep the others waiting.
  const args = ["--test", "--test-reporter=spec", "--test-force-exit", ...limits, ...files];
  return runAloud(NODE, args, { cwd: ROOT, env });
}
