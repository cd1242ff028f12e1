/** People as others see them, and what they are for the whole of Klatch. */
import { LIMITS } from "./limits.ts";
import { countChars, hasInk } from "./message.ts";
import { isHouseName, isOneScript } from "./username.ts";

/**
 * `owner`: names admins and other owners; the first account is one, and there is always one.
 * `admin`: looks after people, reports and General, and has no power inside other rooms. `bot`: a
 * program. Everybody else is a `member`.
 */
export type Role = "owner" | "admin" | "member" | "bot";

export interface Person {
  readonly id: number;
  /** The name as its owner writes it. */
  readonly username: string;
  /** What they want to be called; not unique, so shown beside the username where it matters. */
  readonly displayName?: string;
  /** Hash of their picture, which is at `/api/people/:id/picture/:hash`. */
  readonly picture?: string;
  /** The account was deleted; `username` is then `DELETED_NAME`, which nobody else can have. */
  readonly deleted?: true;
  /** It is a program. */
  readonly bot?: true;
}

/**
 * `people`, told to every socket: ids of who shows themselves otherwise than before, or is gone, and
 * of who is new. Ask again for those of them that are shown.
 */
export interface PeopleNotice {
  readonly changed: readonly number[];
  readonly came: readonly number[];
}

export const DELETED_NAME = "deleted person";

/** `GET /api/people/:id`, and the answer to `PATCH /api/me`. */
export interface Profile extends Person {
  /** What they say of themselves, or of a bot its admins; may have several lines. Empty if nothing. */
  readonly about: string;
  /** When the account was made, in seconds since 1970; 0 if that was not written down. */
  readonly since: number;
}

/**
 * `PATCH /api/me`. What is absent stays as it is; an empty `displayName` or `about` takes it away.
 * A new username follows the rules of a first one; the old one is nobody's for 30 days, and its
 * last owner can take it back.
 */
export interface ProfileChange {
  readonly username?: string;
  readonly displayName?: string;
  readonly about?: string;
}

/** A display name that may be used, as it is kept; or what is wrong with it, in words. */
export type ParsedDisplayName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly problem: string };

/** Like a username, but with spaces and apostrophes, and not unique. Kept as NFKC. */
export function parseDisplayName(typed: string): ParsedDisplayName {
  const name = typed.normalize("NFKC");
  const chars = countChars(name);
  if (chars > LIMITS.displayNameCharsMax) {
    return {
      ok: false,
      problem: `A display name has up to ${LIMITS.displayNameCharsMax} characters.`,
    };
  }
  if (!SHAPE.test(name) || HIDDEN_OR_HEAPED.test(name)) {
    const problem =
      "A display name is letters and digits, with single spaces, dots, hyphens or apostrophes between them.";
    return { ok: false, problem };
  }
  if (!/\p{L}/u.test(name))
    return { ok: false, problem: "A display name needs at least one letter." };
  if (!isOneScript(name)) {
    return { ok: false, problem: "All letters of a display name must be of one script." };
  }
  if (isHouseName(name)) return { ok: false, problem: "That display name is reserved." };
  return { ok: true, name };
}

/** What is wrong with what somebody says of themselves; `undefined` if nothing is. */
export function aboutProblem(about: string): string | undefined {
  if (!about.isWellFormed()) return "It contains half a character; please type it again.";
  const chars = countChars(about);
  if (chars > LIMITS.aboutCharsMax) {
    return `What you say of yourself can have up to ${LIMITS.aboutCharsMax} characters; this has ${chars}.`;
  }
  // Line feeds are text; the others only hide or forge things.
  if (/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(about)) {
    return "What you say of yourself contains control characters.";
  }
  if (about !== "" && !hasInk(about))
    return "There is nothing to see in it; leave it empty instead.";
  return undefined;
}

const WORD = "[\\p{L}0-9][\\p{L}\\p{M}0-9]*(?:[._'’-][\\p{L}0-9][\\p{L}\\p{M}0-9]*)*\\.?";
const SHAPE = new RegExp(`^${WORD}(?: ${WORD})*$`, "u");

/** As in usernames: letters without ink, and more marks on one letter than can be read. */
const HIDDEN_OR_HEAPED = /\p{Default_Ignorable_Code_Point}|[\p{Mn}\p{Me}]{5}/u;
