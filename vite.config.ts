/** Builds the web page of src/web into dist/web; `vite` alone serves it beside a running Klatch. */
import { join } from "node:path";
import { defineConfig } from "vite";

const server = process.env["KLATCH_URL"] ?? "http://127.0.0.1:8080";

const fromHere = (path: string) => join(import.meta.dirname, path);

export default defineConfig({
  root: "src/web",
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../dist/web",
    emptyOutDir: true,
    assetsDir: "assets",
    // The page's security policy has no place for data: addresses, so every asset is a file.
    assetsInlineLimit: 0,
    // What light-dark(), nesting and field-sizing's fallback need; older browsers get the same
    // page with fewer comforts, never a transpiled one.
    target: ["chrome123", "firefox128", "safari17.5"],
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: { input: ["src/web/index.html", "src/web/strangers.html"].map(fromHere) },
  },
  server: {
    proxy: {
      "/api": server,
      "/socket.io": { target: server, ws: true },
    },
  },
});
