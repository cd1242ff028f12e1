/** The session cookie. */
import { SESSION_IDLE_S } from "#server/core/people/session-life.ts";

/** On https the `__Host-` prefix keeps subdomains and plain http from setting it. */
export const cookieName = (isHttps: boolean): string => (isHttps ? "__Host-klatch" : "klatch");

/** `Set-Cookie` for a new or renewed session. */
export function sessionCookie(token: string, isHttps: boolean): string {
  return build(token, SESSION_IDLE_S, isHttps);
}

/** `Set-Cookie` that takes it away. */
export function noCookie(isHttps: boolean): string {
  return build("", 0, isHttps);
}

/** The token in a `Cookie` header, if there is one. */
export function readCookie(header: string | undefined, isHttps: boolean): string | undefined {
  const name = `${cookieName(isHttps)}=`;
  for (const part of header?.split(";") ?? []) {
    const pair = part.trim();
    if (pair.startsWith(name)) return pair.slice(name.length);
  }
  return undefined;
}

function build(value: string, maxAge: number, isHttps: boolean): string {
  const secure = isHttps ? "; Secure" : "";
  const name = cookieName(isHttps);
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}
