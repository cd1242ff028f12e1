/**
 * The headers of every answer: what a page of ours may do, and that nothing private is kept in
 * between.
 */

/**
 * Scripts, styles and pictures from here alone; nothing inline; no HTML from strings (Trusted
 * Types).
 */
const CONTENT_SECURITY_RULES = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];
const CONTENT_SECURITY_POLICY = [...CONTENT_SECURITY_RULES, "trusted-types 'none'"].join("; ");

/** The page of strangers begins a worker, from one address that it alone may name. */
export const STRANGERS_POLICY = [...CONTENT_SECURITY_RULES, "trusted-types klatch-worker"].join(
  "; ",
);

/** On every answer, errors included. `Cache-Control` is weakened only by static files. */
export function securityHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    ...(isHttps && { "Strict-Transport-Security": "max-age=31536000" }),
  };
}
