/**
 * The page's files, read once at start and sent from memory, compressed where the browser takes it.
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

interface StaticFile {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly br: Uint8Array<ArrayBuffer> | undefined;
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
};

/** Names under /assets/ carry a hash of their content, so they never change. */
const FOREVER = "public, max-age=31536000, immutable";

export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  /**
   * Reads every file of the folder; only what was there at the start is ever sent, so no path can
   * lead out.
   */
  constructor(folder: string) {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
    const files = names.flatMap((name): [string, StaticFile][] => {
      const type = TYPES[extname(name)];
      if (type === undefined) return [];
      const path = `/${name.replace(/(?:^index)?\.html$/u, "")}`;
      return [[path, read(folder, name, names, type)]];
    });
    this.#files = new Map(files);
  }

  /** The file under this path for this request, or `undefined` if there is none. */
  respond(path: string, request: Request): Response | undefined {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    const headers = new Headers({
      "Content-Type": file.type,
      "Cache-Control": file.cacheControl,
      ETag: file.etag,
      Vary: "Accept-Encoding",
    });
    if (request.headers.get("If-None-Match") === file.etag) {
      return new Response(null, { status: 304, headers });
    }
    const accepted = request.headers.get("Accept-Encoding") ?? "";
    const [encoding, body] = choose(file, accepted);
    if (encoding !== undefined) headers.set("Content-Encoding", encoding);
    headers.set("Content-Length", String(body.length));
    return new Response(request.method === "HEAD" ? null : body, { headers });
  }
}

function read(folder: string, name: string, names: readonly string[], type: string): StaticFile {
  const load = (file: string) => new Uint8Array(readFileSync(join(folder, file)));
  const body = load(name);
  return {
    type,
    body,
    etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
    cacheControl: name.startsWith("assets/") ? FOREVER : "no-cache",
    br: names.includes(`${name}.br`) ? load(`${name}.br`) : undefined,
    gzip: names.includes(`${name}.gz`) ? load(`${name}.gz`) : undefined,
  };
}

function choose(file: StaticFile, accepted: string): [string | undefined, Uint8Array<ArrayBuffer>] {
  if (file.br !== undefined && /\bbr\b/u.test(accepted)) return ["br", file.br];
  if (file.gzip !== undefined && /\bgzip\b/u.test(accepted)) return ["gzip", file.gzip];
  return [undefined, file.body];
}
