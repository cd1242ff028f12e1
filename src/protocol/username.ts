/** Usernames: one canonical form per name, so that Nick, nick and fullwidth ｎｉｃｋ are one person. */
import { LIMITS } from "./limits.ts";
import { countChars } from "./message.ts";

/** A name that may be used, in both its forms; or what is wrong with it, in words. */
export type ParsedUsername =
  | { readonly ok: true; readonly display: string; readonly canonical: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a name as its owner typed it. `display` is kept as the owner writes it (NFKC), `canonical`
 * is what makes it unique: NFKC and full case folding (after RFC 8265), letters of one script only
 * (UTS 39, single script).
 */
export function parseUsername(typed: string): ParsedUsername {
  const display = typed.normalize("NFKC");
  const chars = countChars(display);
  if (chars < LIMITS.usernameCharsMin || chars > LIMITS.usernameCharsMax) {
    return problem(
      `A name has ${LIMITS.usernameCharsMin} to ${LIMITS.usernameCharsMax} characters.`,
    );
  }
  if (!SHAPE.test(display) || HIDDEN_OR_HEAPED.test(display)) {
    return problem('A name is letters and digits, with single ".", "-" or "_" between them.');
  }
  if (!/\p{L}/u.test(display)) return problem("A name needs at least one letter.");
  if (!isOneScript(display)) return problem("All letters of a name must be of one script.");
  const canonical = fold(display);
  const folded = countChars(canonical);
  if (folded > LIMITS.usernameCharsMax) return problem("That name is too long.");
  if (folded < LIMITS.usernameCharsMin) return problem("That name is too short.");
  if (RESERVED.has(canonical)) return problem("That name is reserved.");
  return { ok: true, display, canonical };
}

/** The key under which a typed name would be found; never fails, for sign-in with any input. */
export function canonicalUsername(typed: string): string {
  return fold(typed.normalize("NFKC"));
}

function problem(text: string): ParsedUsername {
  return { ok: false, problem: text };
}

/**
 * Letter by letter, so that a sigma folds the same at the end of a word; twice, so that folding is
 * idempotent.
 */
function fold(text: string): string {
  return foldOnce(foldOnce(text));
}

function foldOnce(text: string): string {
  return Array.from(text.toUpperCase(), (char) => char.toLowerCase())
    .join("")
    .normalize("NFKD")
    .replace(UNSEEN_DOT, "")
    .normalize("NFKC");
}

/** A dot above a letter that has one already does not show: "admin" could be written twice. */
const UNSEEN_DOT = /(?<=\p{Soft_Dotted}\p{M}*)\u0307/gu;

const SHAPE = /^[\p{L}0-9][\p{L}\p{M}0-9]*(?:[._-][\p{L}0-9][\p{L}\p{M}0-9]*)*$/u;

/** Letters without ink, like Hangul fillers; and more marks on one letter than UTS 39 allows. */
const HIDDEN_OR_HEAPED = /\p{Default_Ignorable_Code_Point}|[\p{Mn}\p{Me}]{5}/u;

/**
 * Scripts a name may be written in. Han goes with the syllabaries that are written together with
 * it.
 */
const SCRIPTS: readonly RegExp[] = [
  /^[\p{scx=Latin}]*$/u,
  /^[\p{scx=Cyrillic}]*$/u,
  /^[\p{scx=Greek}]*$/u,
  /^[\p{scx=Arabic}]*$/u,
  /^[\p{scx=Hebrew}]*$/u,
  /^[\p{scx=Armenian}]*$/u,
  /^[\p{scx=Georgian}]*$/u,
  /^[\p{scx=Devanagari}]*$/u,
  /^[\p{scx=Bengali}]*$/u,
  /^[\p{scx=Gurmukhi}]*$/u,
  /^[\p{scx=Gujarati}]*$/u,
  /^[\p{scx=Tamil}]*$/u,
  /^[\p{scx=Telugu}]*$/u,
  /^[\p{scx=Kannada}]*$/u,
  /^[\p{scx=Malayalam}]*$/u,
  /^[\p{scx=Sinhala}]*$/u,
  /^[\p{scx=Thai}]*$/u,
  /^[\p{scx=Lao}]*$/u,
  /^[\p{scx=Khmer}]*$/u,
  /^[\p{scx=Myanmar}]*$/u,
  /^[\p{scx=Ethiopic}]*$/u,
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]*$/u,
  /^[\p{scx=Han}\p{scx=Bopomofo}]*$/u,
  /^[\p{scx=Han}\p{scx=Hangul}]*$/u,
];

/** Whether all letters of a name are of one script, whatever stands between them. */
export function isOneScript(name: string): boolean {
  const letters = name.replace(/[0-9._'’ -]/gu, "");
  return SCRIPTS.some((script) => script.test(letters));
}

/** Whether it would let someone pass for the house, in whatever way it is written. */
export function isHouseName(name: string): boolean {
  return RESERVED.has(fold(name.normalize("NFKC")).replace(/[._'’ -]/gu, ""));
}

/** Names that would let someone pass for the house, or that already mean everybody. */
const RESERVED: ReadonlySet<string> = new Set([
  "admin",
  "administrator",
  "all",
  "anonymous",
  "channel",
  "deleted",
  "everyone",
  "general",
  "guest",
  "here",
  "klatch",
  "me",
  "mod",
  "moderator",
  "nobody",
  "null",
  "official",
  "operator",
  "owner",
  "room",
  "root",
  "security",
  "somebody",
  "staff",
  "stranger",
  "support",
  "system",
  "undefined",
  "you",
]);
