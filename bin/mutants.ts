/** `npm run mutants`: breaks the code on purpose, one promise at a time, and expects the tests to notice. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "#bin/run/command.ts";
import { ROOT } from "#bin/run/project.ts";
import { StartError } from "#server/start-error.ts";
import { buildPage } from "#bin/provision/page.ts";
import { findRedis } from "#bin/provision/redis.ts";
import type { Mutant } from "#test/mutants/mutants.ts";
import { MUTANTS } from "#test/mutants/mutants.ts";
import { spawn } from "node:child_process";

/** What a copy of the project needs of its own; the packages are shared. */
const COPIED = ["bin", "src", "test", "bench", "docs", "package.json", "vite.config.ts"];
const SHARED = ["node_modules", ".cache", "dist"];

await runCommand(async () => {
  const redis = await findRedis(console.log);
  const page = await buildPage(console.log);
  const env = {
    ...process.env,
    ...redis.env,
    KLATCH_TEST_REDIS: redis.path,
    KLATCH_PAGE: page,
  };
  const only = process.argv[2];
  const chosen = MUTANTS.filter(({ name }) => only === undefined || name.includes(only));
  await mustPass(chosen, env);
  let caught = 0;
  for (const mutant of chosen) {
    const startedAt = performance.now();
    const isCaught = await hunt(mutant, env);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${isCaught ? "caught " : "ESCAPED"}  ${seconds.padStart(5)} s  ${mutant.name}`);
    if (isCaught) caught++;
  }
  console.log(`${caught} of ${chosen.length} mutants caught`);
  return caught === chosen.length ? 0 : 1;
});

/** Tests that fail anyway would catch everything and prove nothing. */
async function mustPass(chosen: readonly Mutant[], env: NodeJS.ProcessEnv): Promise<void> {
  const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
  const unchanged: Mutant = { name: "unchanged", patches: [], tests };
  if (await hunt(unchanged, env)) {
    throw new StartError("The tests fail without any mistake; mend that first: npm test");
  }
  console.log("Without a mistake all of these tests pass.");
}

/** Whether one of the tests fails in a copy of the project with this mistake. */
async function hunt(mutant: Mutant, env: NodeJS.ProcessEnv): Promise<boolean> {
  const copy = mkdtempSync(join(tmpdir(), "klatch-mutant-"));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    for (const name of SHARED) symlinkSync(join(ROOT, name), join(copy, name));
    for (const { file, from, to } of mutant.patches) {
      const path = join(copy, file);
      const text = readFileSync(path, "utf8");
      if (!text.includes(from)) throw new Error(`${mutant.name}: ${file} no longer has "${from}"`);
      writeFileSync(
        path,
        text.replace(from, () => to),
      );
    }
    return (await runTests(copy, mutant.tests, env)) !== 0;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function runTests(cwd: string, tests: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const args = [join(cwd, "bin", "run", "test-runner.ts"), ...tests];
    const child = spawn(process.execPath, args, { cwd, env, stdio: "ignore" });
    child.once("error", reject);
    child.once("exit", (code) => {
      resolve(code ?? 1);
    });
  });
}
