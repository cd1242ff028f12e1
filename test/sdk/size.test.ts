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

/** Bytes of what a page that shows all of them loads, beside the client. */
async function sizeOf(entries: readonly string[]): Promise<number> {
  const codes = await Promise.all(entries.map((entry) => bundle(isCore, entry)));
  return compressed(codes.join("\n"));
}

test("the directory, an entry of its own, adds at most 4,000 bytes to it", async (t) => {
  const names = [
    "directory",
    "online",
    "typing",
    "own-preferences",
    "blocks",
    "moderation",
    "webhooks",
  ];
  const entries = names.map((name) => `directory/${name}.ts`);
  const sizes = await Promise.all(entries.map((entry) => sizeOf([entry])));
  t.diagnostic(names.map((name, at) => `${name} ${sizes[at]} B`).join(", "));
  const all = await sizeOf(entries);
  t.diagnostic(`together ${all} B`);
  assert.ok(all <= 4_000, `${all} bytes`);
});

test("going far back in a room is part of neither, and at most 1,300 bytes", async (t) => {
  const size = await sizeOf(["history/excerpt.ts"]);
  t.diagnostic(`history ${size} B`);
  assert.ok(size <= 1_300, `${size} bytes`);
});

test("what only admins need is part of neither: at most 700 bytes, 400 each for bots and strangers", async (t) => {
  const size = await sizeOf(["admin/admin.ts"]);
  const bots = await sizeOf(["admin/bots.ts"]);
  const desk = await sizeOf(["admin/stranger-desk.ts"]);
  t.diagnostic(`admin ${size} B, bots ${bots} B, strangers ${desk} B`);
  assert.ok(desk <= 400, `${desk} bytes`);
  assert.ok(bots <= 400, `${bots} bytes`);
  assert.ok(size <= 700, `${size} bytes`);
});

test("strangers, loaded by their own page, are at most 15,000 bytes with their cryptography", async (t) => {
  const names = ["strangers", "socket", "proof"];
  const codes = names.map((name) => bundle(isSocket, `strangers/${name}.ts`));
  const [all = "", socket = "", proof = ""] = await Promise.all(codes);
  const size = compressed(all) + compressed(socket);
  t.diagnostic(`strangers ${size} B, the worker of the proof ${compressed(proof)} B`);
  assert.ok(size <= 15_000, `${size} bytes`);
});
