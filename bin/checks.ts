/** Everything that must hold before a change is in: format, lint, types, tests. The one list of it. */
import { join } from "node:path";
import { PACKAGED, ROOT } from "#bin/run/project.ts";
import { runAloud } from "#bin/run/programs.ts";
import { seconds } from "#bin/run/steps.ts";

const NODE = process.execPath;
const RUNNER = join(import.meta.dirname, "run", "test-runner.ts");

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
  const args = [RUNNER, ...files];
  return runAloud(NODE, args, { cwd: ROOT, env });
}
