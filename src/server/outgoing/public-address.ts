/** Public addresses: where a server may post what a person told it to, without reaching into its own network. */
import { BlockList, isIP } from "node:net";

/** Everything that is not the public internet (IANA's special-purpose registries), and clouds' metadata. */
const IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  // A public address that one cloud answers itself.
  "168.63.129.16/32",
] as const;

/** Within 2000::/3, outside of which nothing is public: tunnels that hide an IPv4 address, and documentation. */
const IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"] as const;

const closed4 = listOf(IPV4, "ipv4");
const closed6 = listOf(IPV6, "ipv6");
const open6 = listOf(["2000::/3"], "ipv6");

/** Whether anybody on the internet could be meant; what is no address is not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closed4.check(address, "ipv4");
    case 6:
      return open6.check(address, "ipv6") && !closed6.check(address, "ipv6");
    default:
      return false;
  }
}

/**
 * What is wrong with the address of a callback, in words; `undefined` if nothing is. Names are
 * looked up when they are called, and again each time.
 */
export function callbackProblem(url: string, mayBePrivate: boolean): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const schemes = mayBePrivate ? ["https:", "http:"] : ["https:"];
  if (parsed === undefined || !schemes.includes(parsed.protocol)) {
    return `A callback is an address that begins with ${schemes.map((it) => `${it}//`).join(" or ")}.`;
  }
  if (parsed.username !== "" || parsed.password !== "" || parsed.hash !== "") {
    return "A callback has no name, password or # in its address.";
  }
  if (mayBePrivate || !isClosedHost(parsed.hostname)) return undefined;
  return "A callback cannot be an address of this machine or of a private network.";
}

/** As a URL has it: numbers in their one form, IPv6 in brackets. */
export function isClosedHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/gu, "");
  if (isIP(host) !== 0) return !isPublicAddress(host);
  return /(?:^|\.)(?:localhost|local|internal)\.?$/iu.test(host) || !host.includes(".");
}

function listOf(networks: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
