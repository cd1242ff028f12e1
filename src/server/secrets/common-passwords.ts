/** The passwords that everybody tries first, from the lists of the zxcvbn project. */
import { createRequire } from "node:module";
import { LIMITS } from "#protocol/limits.ts";

let common: ReadonlySet<string> | undefined;

/** Whether it is one of some ten thousand common passwords, whatever its capitals. */
export function isCommonPassword(password: string): boolean {
  common ??= load();
  return common.has(password.toLowerCase());
}

/** Read at the first use: it would make the start slower, and most requests never need it. */
function load(): ReadonlySet<string> {
  const pack: unknown = createRequire(import.meta.url)("@zxcvbn-ts/language-common");
  const list = commonList(pack);
  return new Set(list.filter((word) => word.length >= LIMITS.passwordCharsMin));
}

function commonList(pack: unknown): readonly string[] {
  if (isRecord(pack) && isRecord(pack["dictionary"])) {
    const list = pack["dictionary"]["passwords-common"];
    if (Array.isArray(list)) return list.filter((word) => typeof word === "string");
  }
  throw new TypeError("@zxcvbn-ts/language-common no longer holds the list passwords-common.");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
