/** Builds the web page, unless what is built is still true to its sources. */
import type { Say } from "#bin/run/command.ts";
import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { StartError } from "#server/start-error.ts";
import { PACKAGED, ROOT } from "#bin/run/project.ts";
import { runQuietly } from "#bin/run/programs.ts";
import { lastLines, step } from "#bin/run/steps.ts";

/** Everything that can change what the page is; the lockfile stands for the packages in it. */
const SOURCES = [
  "src/{web,sdk,protocol}/**/*",
  "vite.config.ts",
  "tsconfig*.json",
  "package-lock.json",
];
const BUILT = join(ROOT, "dist", "web");
const COMPRESSIBLE = /\.(?:html|js|css|svg|json|webmanifest|txt|map)$/u;
/** A page that old is served by nobody any more. */
const KEEP_MS = 24 * 60 * 60_000;

/**
 * Gives the folder of the page built from the sources as they are. Each state of the sources has a
 * folder of its own, named by their hash and moved into place whole: so a running server keeps its
 * page, and two that build at the same moment cannot disturb each other.
 */
export async function buildPage(say: Say): Promise<string> {
  const folder = join(BUILT, await hashSources());
  if (existsSync(join(folder, "index.html"))) return folder;
  const work = `${folder}.${process.pid}`;
  try {
    await step({ begins: "Building the page", ends: "Built the page", say }, async () => {
      await runVite(work);
      await compress(work);
    });
    putInPlace(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  removeOld(folder);
  return folder;
}

async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  const files = globSync(SOURCES, { cwd: ROOT }).filter((file) =>
    statSync(join(ROOT, file)).isFile(),
  );
  for (const file of files.toSorted()) {
    const content = await readFile(join(ROOT, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

async function runVite(folder: string): Promise<void> {
  const args = [PACKAGED.vite, "build", "--outDir", folder, "--emptyOutDir", "--logLevel", "warn"];
  // A page is built the same whatever the server is started for.
  const env = { ...process.env, NODE_ENV: "production" };
  const { code, output } = await runQuietly(process.execPath, args, { cwd: ROOT, env });
  if (code === 0) return;
  throw new StartError("The page could not be built:", ...lastLines(output, 30));
}

/**
 * Writes `.br` and `.gz` beside each text file, at the highest level: it is done once and sent
 * often.
 */
async function compress(folder: string): Promise<void> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  await Promise.all(
    names.filter((name) => COMPRESSIBLE.test(name)).map((name) => compressFile(join(folder, name))),
  );
}

async function compressFile(path: string): Promise<void> {
  const content = await readFile(path);
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content));
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
}

function putInPlace(work: string, folder: string): void {
  mkdirSync(BUILT, { recursive: true });
  try {
    renameSync(work, folder);
  } catch (error) {
    // Another start was faster, with the same sources and so with the same page.
    if (!existsSync(join(folder, "index.html"))) throw error;
  }
}

function removeOld(current: string): void {
  for (const name of readdirSync(BUILT)) {
    const folder = join(BUILT, name);
    if (folder === current) continue;
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
    if (Date.now() - mtimeMs > KEEP_MS) rmSync(folder, { recursive: true, force: true });
  }
}
