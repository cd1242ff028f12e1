/** Where a request comes from: its page's origin, and its address behind trusted proxies. */
import type { BlockList } from "node:net";
import { isIP } from "node:net";

export interface Whence {
  /** Origins pages may come from; empty: only pages that this server itself served. */
  readonly publicOrigins: readonly string[];
  readonly trustedProxies: BlockList;
  /** Whether Klatch listens on this machine alone. */
  readonly isLoopback: boolean;
}

/**
 * Whether a page of this origin may act for its user. Without `publicOrigins` the origin must be
 * the very address the request was sent to; on a loopback server that address must also be a
 * loopback name, or a foreign name that is made to resolve to this machine (DNS rebinding) would
 * pass.
 */
export function isOwnOrigin(origin: string, host: string | undefined, whence: Whence): boolean {
  if (whence.publicOrigins.length > 0) return whence.publicOrigins.includes(origin);
  if (host === undefined || origin !== `http://${host}`) return false;
  return !whence.isLoopback || isLoopbackName(host);
}

export function isLoopbackName(host: string): boolean {
  const name = host.replace(/:\d+$/u, "");
  return name === "localhost" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/u.test(name);
}

/**
 * The client's address: the connection's, or, from a trusted proxy, the last address in
 * `X-Forwarded-For` that is not itself a trusted proxy. What stands further left was written by the
 * client.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: BlockList,
): string {
  let address = plain(peer ?? "");
  const claimed = forwardedFor?.split(",").map((part) => plain(part.trim())) ?? [];
  while (isTrusted(address, trusted)) {
    const before = claimed.pop();
    if (before === undefined || isIP(before) === 0) break;
    address = before;
  }
  return network(address);
}

/** IPv4 written as IPv6 is IPv4. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/iu, "");
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const version = isIP(address);
  return version !== 0 && trusted.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** One IPv6 customer has a whole /64, so that is what counts as one address. */
function network(address: string): string {
  if (isIP(address) !== 6) return address;
  // In its one canonical spelling; a zone says nothing to others.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/u, "")}]`);
  const [head = "", tail = ""] = hostname.slice(1, -1).split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
