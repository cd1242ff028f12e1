/** Where this project is, and how the programs it brings are run. */
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");
/** What is found or installed for this project alone; safe to delete. */
export const CACHE = join(ROOT, ".cache");

/** The arguments that make the running Node run a program of a package, e.g. `tsc`. */
export const PACKAGED = {
  oxfmt: join(ROOT, "node_modules/oxfmt/bin/oxfmt"),
  oxlint: join(ROOT, "node_modules/oxlint/bin/oxlint"),
  tsc: join(ROOT, "node_modules/typescript/bin/tsc"),
  vite: join(ROOT, "node_modules/vite/bin/vite.js"),
} as const;
