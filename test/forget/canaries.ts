/**
 * Canaries: all that is known of strangers in a run, each a string found nowhere else, and the ways
 * in which it could have been written down.
 */
import { randomBytes, randomInt } from "node:crypto";

export const KINDS = [
  "text",
  "interest",
  "name",
  "token",
  "uid",
  "pair",
  "address",
  "agent",
] as const;
export type Kind = (typeof KINDS)[number];

/** The first two numbers of all addresses in a run, so that all of them can be tried (P11). */
export const CANARY_NETWORK = "127.201";

/** How every canary of a text begins. */
export const TEXT_MARK = "zqtext";

export interface Hit {
  readonly kind: Kind;
  readonly value: string;
  /** How it was written: `utf8`, `hex`, `base64` … */
  readonly form: string;
}

interface Needle extends Hit {
  readonly bytes: Buffer;
}

/** Collects what is said and given in a run. */
export class Canaries {
  readonly #values = new Map<string, Kind>();

  /** Something new of this kind, unique, as a person would write it. */
  make(kind: "text" | "interest" | "agent" | "address"): string {
    const core = `zq${kind}${randomBytes(8).toString("hex")}`;
    const address = `${CANARY_NETWORK}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    this.add(kind, kind === "address" ? address : core);
    // What surrounds it must not help to hide it: quotes, another script, a line break.
    if (kind === "text") return `"Olé" ${core}\n☕ said`;
    return kind === "address" ? address : core;
  }

  /** Something that a server made: a token, an id, a name. */
  add(kind: Kind, value: string): void {
    this.#values.set(value, kind);
  }

  /** This one was given away on purpose, in a report: from now on it may be found. */
  give(value: string): void {
    this.#values.delete(value);
  }

  of(kind: Kind): readonly string[] {
    return [...this.#values].flatMap(([value, each]) => (each === kind ? [value] : []));
  }

  get count(): number {
    return this.#values.size;
  }

  /** Finds all of these kinds. */
  finder(kinds: readonly Kind[] = KINDS): Finder {
    const needles = [...this.#values].flatMap(([value, kind]) =>
      kinds.includes(kind) ? formsOf(value).map((form) => ({ kind, value, ...form })) : [],
    );
    return new Finder(needles);
  }
}

/** Looks for many strings at once, each at every place. */
export class Finder {
  /** Whether anything begins with these two bytes; nearly never, so the rest is rarely looked at. */
  readonly #begins = new Uint8Array(65_536);
  readonly #needles = new Map<number, Needle[]>();

  constructor(needles: readonly Needle[]) {
    for (const needle of needles) {
      this.#begins[needle.bytes.readUInt16BE(0)] = 1;
      const start = needle.bytes.readUInt32BE(0);
      this.#needles.set(start, [...(this.#needles.get(start) ?? []), needle]);
    }
  }

  /** Each thing found, once. */
  in(bytes: Buffer): readonly Hit[] {
    const found = new Set<Needle>();
    const begins = this.#begins;
    for (let at = 0; at < bytes.length - 3; at++) {
      if (begins[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] === 0) continue;
      for (const needle of this.#needles.get(bytes.readUInt32BE(at)) ?? []) {
        if (bytes.subarray(at, at + needle.bytes.length).equals(needle.bytes)) found.add(needle);
      }
    }
    return [...found];
  }
}

/** All ways to write it that a program may use without meaning to hide it. */
export function formsOf(
  value: string,
): readonly { readonly form: string; readonly bytes: Buffer }[] {
  const utf8 = Buffer.from(value);
  const utf16 = Buffer.from(value, "utf16le");
  const forms: [string, Buffer | string][] = [
    ["utf8", utf8],
    ["upper case", value.toUpperCase()],
    ["lower case", value.toLowerCase()],
    ["JSON", JSON.stringify(value).slice(1, -1)],
    ["percent", encodeURIComponent(value)],
    ["utf16", utf16],
    ["utf16, high byte first", Buffer.from(utf16).swap16()],
    ["hex", utf8.toString("hex")],
    ["HEX", utf8.toString("hex").toUpperCase()],
    ...base64Forms("base64", utf8),
    ...base64Forms("base64 of utf16", utf16),
  ];
  const seen = new Set<string>();
  return forms.flatMap(([form, written]) => {
    const bytes = Buffer.from(written);
    const isNew = !seen.has(bytes.toString("latin1"));
    seen.add(bytes.toString("latin1"));
    return isNew && bytes.length >= 6 ? [{ form, bytes }] : [];
  });
}

/** Within something longer it may begin at any of three places; what its neighbours change is cut. */
function base64Forms(form: string, bytes: Buffer): readonly [string, string][] {
  return [0, 1, 2].flatMap((before): [string, string][] => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((padded.length * 8) / 6);
    const cut = (encoding: "base64" | "base64url") => padded.toString(encoding).slice(from, to);
    return [
      [form, cut("base64")],
      [`${form}url`, cut("base64url")],
    ];
  });
}
