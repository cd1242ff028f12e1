/** Temporary folders of tests, removed when the test process ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Creates an empty folder of its own; short, because sockets in it must have short paths. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "klatch-"));
  if (folders.length === 0) process.once("exit", removeAll);
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

function removeAll(): void {
  // Retries, since a process that is just ending may still write into it.
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
