/** `npm run dev`: the server, restarted at every change, with a page that is built again at every change. */
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "#bin/run/command.ts";
import { PACKAGED, ROOT } from "#bin/run/project.ts";
import { runAloud } from "#bin/run/programs.ts";

const PAGE = join(ROOT, "dist", "web", "dev");
const WATCHED = ["src/server", "src/protocol"];

await runCommand(async () => {
  const flags = ["--outDir", PAGE, "--emptyOutDir", "--mode", "development", "--sourcemap"];
  rmSync(PAGE, { recursive: true, force: true });
  const vite = spawn(process.execPath, [PACKAGED.vite, "build", "--watch", ...flags], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  try {
    while (!existsSync(join(PAGE, "index.html"))) {
      if (vite.exitCode !== null) return 1;
      await sleep(50);
    }
    const watch = WATCHED.map((folder) => `--watch-path=${join(ROOT, folder)}`);
    const server = [join(ROOT, "bin", "start.ts"), ...process.argv.slice(2)];
    const env = { ...process.env, KLATCH_PAGE: PAGE };
    return await runAloud(process.execPath, [...watch, "--watch-preserve-output", ...server], {
      env,
    });
  } finally {
    vite.kill("SIGTERM");
  }
});
