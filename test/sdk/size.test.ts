/** The client library is small: what a page loads of it, minified and compressed as pages are. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const ROOT = join(import.meta.dirname, "..", "..");

/** All of it, built as the page is; `isLeftOut` says what is not its own. */
async function bundle(isLeftOut: (id: string) => boolean, entry = "index.ts"): Promise<string> {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: "error",
    build: {
      write: false,
      target: ["chrome123", "firefox128", "safari17.5"],
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(ROOT, "src/sdk", entry),
        preserveEntrySignatures: "strict",
        external: isLeftOut,
      },
    },
  });
  assert.ok(Array.isArray(built) || "output" in built);
  const { output } = Array.isArray(built) ? (built[0] ?? { output: [] }) : built;
  return output.map((file) => ("code" in file ? file.code : "")).join("\n");
}

/** A page's bundle keeps no imports of what was left out here. */
function compressed(code: string): number {
  return gzipSync(code.replace(/import\{[^}]*\}from"[^"]+";/gu, ""), { level: 9 }).length;
}

const isSocket = (id: string) => id.startsWith("socket.io-client");

/** What the client has loaded already, and a page does not load again. */
const isCore = (id: string) => isSocket(id) || /^#(?:protocol|sdk\/(?!directory))/u.test(id);

test("the client library's own code is at most 8,000 bytes, all of it", async (t) => {
  const own = await bundle((id) => isSocket(id) || id.startsWith("#protocol/"));
  const withProtocol = await bundle(isSocket);
  assert.match(own, /indexedDB/u);
  assert.ok(withProtocol.length > own.length);
  t.diagnostic(`own code ${compressed(own)} B, with src/protocol ${compressed(withProtocol)} B`);
  assert.ok(compressed(own) <= 8_000, `${compressed(own)} bytes`);
});

test("the directory, an entry of its own, adds at most 4,000 bytes to it", async (t) => {
  const sizes = await Promise.all(
    [
      "directory/directory.ts",
      "directory/online.ts",
      "directory/typing.ts",
      "directory/own-preferences.ts",
    ].map(async (entry) => compressed(await bundle(isCore, entry))),
  );
  const sum = sizes.reduce((a, b) => a + b);
  t.diagnostic(`rooms ${sizes[0]} B, who is online ${sizes[1]} B`);
  assert.ok(sum <= 4_000, `${sum} bytes`);
});
