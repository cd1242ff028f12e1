/** What the tutorial's page may do in a browser: its own files, its own inline parts, nothing from elsewhere. */
import { createHash } from "node:crypto";

/**
 * A Content-Security-Policy for this page. Scripts and styles inside it are let in by their hashes; its
 * fonts, which it would have from another host, fall back to the system's.
 */
export function pagePolicy(html: string): string {
  const inside = (tag: "script" | "style") =>
    Array.from(
      html.matchAll(new RegExp(`<${tag}\\b(?<attributes>[^>]*)>(?<text>[^]*?)</${tag}>`, "giu")),
    )
      .filter(({ groups }) => !/\bsrc\s*=/iu.test(groups?.["attributes"] ?? ""))
      .map(({ groups }) => `'sha256-${digest(groups?.["text"] ?? "")}'`);
  return [
    "default-src 'none'",
    ["script-src 'self'", ...inside("script")].join(" "),
    ["style-src 'self'", ...inside("style")].join(" "),
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
