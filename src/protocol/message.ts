/** A message: the four fields of the Redis chat tutorial first, then Klatch's own. */
import type { Position } from "./position.ts";
import { LIMITS } from "./limits.ts";

/** `@room` and `@here`. */
export type Call = "room" | "here";

export interface Message {
  /** Id of the author. */
  readonly from: number;
  /** When it was stored, in whole seconds since 1970, by Redis's clock. */
  readonly date: number;
  /** The text, exactly as sent; escaped only when shown. */
  readonly message: string;
  readonly roomId: string;
  /** Its place in the room's order; also its permalink. */
  readonly id: Position;
  /**
   * The id its author's client gave it, so that a retry is recognised. Empty for messages of other
   * programs.
   */
  readonly cid: string;
  /** Id of the message it answers. */
  readonly replyTo?: Position;
  /** Ids of the people it names, members of the room. */
  readonly mentions?: readonly number[];
  /** Everybody in the room is meant, or everybody who is there just now. */
  readonly calls?: Call;
  /** Ids of the people behind each emoji. */
  readonly reactions?: Readonly<Record<string, readonly number[]>>;
  /** Who pinned it. */
  readonly pinned?: number;
  /** Place of the last reaction or pin. */
  readonly marked?: Position;
  /** Place of its last edit; absent if it is as it was sent. */
  readonly edited?: Position;
  /** Place of its deletion; `message` is then empty. */
  readonly deleted?: Position;
}

/** What is wrong with a text, in words for its author; `undefined` if nothing is. */
export function textProblem(
  text: string,
  charsMax: number = LIMITS.messageCharsMax,
): string | undefined {
  if (!text.isWellFormed()) return "The message contains half a character; please type it again.";
  const chars = countChars(text);
  if (chars > charsMax) {
    return `A message can have up to ${charsMax} characters; this one has ${chars}.`;
  }
  if (UNPRINTABLE.test(text)) return "The message contains control characters.";
  if (!hasInk(text)) return "The message is empty.";
  return undefined;
}

/** The names after an `@` in a text, as they stand there, each once. */
export function namesIn(text: string): readonly string[] {
  if (!text.includes("@")) return [];
  return [...new Set(Array.from(text.matchAll(NAME), ({ groups }) => groups?.["name"] ?? ""))];
}

// Not in the middle of a word, as in an e-mail address; a mark at the end belongs to the sentence.
const NAME =
  /(?<![\p{L}\p{M}\p{N}_@.-])@(?<name>[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._-]*[\p{L}\p{M}\p{N}])?)/gu;

/** Whether it is one emoji and nothing else. */
export function isEmoji(text: string): boolean {
  return text.length <= LIMITS.emojiUnitsMax && /^\p{RGI_Emoji}$/v.test(text);
}

/** Whether anything of it can be seen. */
export function hasInk(text: string): boolean {
  return VISIBLE.test(text);
}

/** Length as people count it in the limits: Unicode code points. */
export function countChars(text: string): number {
  let chars = 0;
  for (const _ of text) chars++;
  return chars;
}

// Tab, line feed and carriage return are text; the other control characters only hide or forge
// things.
// oxlint-disable-next-line no-control-regex -- because control characters are exactly what it looks for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/u;

// Something that leaves ink: not white space, not a format, filler, variation or combining
// character alone.
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Mn}\p{Me}\p{Cn}\u2800]/u;

/** What is wrong with a client's message id; `undefined` if nothing is. */
export function cidProblem(cid: string): string | undefined {
  if (CID.test(cid)) return undefined;
  return `cid must be ${LIMITS.cidCharsMin} to ${LIMITS.cidCharsMax} letters, digits, "-" or "_".`;
}

/** Also a Redis key's last part, so no colon, brace or space. */
const CID = new RegExp(`^[A-Za-z0-9_-]{${LIMITS.cidCharsMin},${LIMITS.cidCharsMax}}$`, "u");
