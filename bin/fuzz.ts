/** `npm run fuzz`: lets a property be tried more often than the tests have time for. */
import { runCommand } from "#bin/run/command.ts";
import { ROOT } from "#bin/run/project.ts";
import { findRedis } from "#bin/provision/redis.ts";
import { StartError } from "#server/start-error.ts";
import { spawn } from "node:child_process";
import { join } from "node:path";

interface Property {
  readonly file: string;
  /** Which tests of the file, by the beginning of their names. */
  readonly tests: string;
  /** The variable that says how often. */
  readonly variable: string;
}

const PROPERTIES: Readonly<Record<string, Property>> = {
  reads: { file: "test/server/reads.test.ts", tests: "^\\[RD7\\]", variable: "KLATCH_READ_RUNS" },
  races: {
    file: "test/server/races.test.ts",
    tests: "^\\[RC1\\]",
    variable: "KLATCH_RACE_ORDERS",
  },
};

const USAGE = [
  "npm run fuzz -- reads [10000]   mixtures of sends, edits, deletes and reads; counts against a model",
  "npm run fuzz -- races [10000]   orders of each race, by a scheduler, on a real Redis",
];

const RUNS = 10_000;

await runCommand(async (say) => {
  const [name = "", runs = String(RUNS)] = process.argv.slice(2);
  const property = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined;
  if (property === undefined || !/^[1-9]\d{0,8}$/u.test(runs)) throw new StartError(...USAGE);
  const redis = await findRedis(say);
  const { file, tests, variable } = property;
  const args = ["--test", `--test-name-pattern=${tests}`, join(ROOT, file)];
  const libraries = redis.env?.["LD_LIBRARY_PATH"];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      ...redis.env,
      KLATCH_TEST_REDIS: redis.path,
      ...(libraries !== undefined && { KLATCH_TEST_REDIS_LIBRARIES: libraries }),
      [variable]: runs,
    },
  });
  return new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      resolve(code ?? 1);
    });
  });
});
