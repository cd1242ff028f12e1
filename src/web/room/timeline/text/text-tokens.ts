/**
 * Reads a message's text as tokens: plain text and links. Nothing else is markup, and nothing
 * becomes HTML.
 */
export type TextToken =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "link"; readonly text: string; readonly href: string };

const CANDIDATE = /\bhttps?:\/\/[^\s<>"]+/giu;

/** Marks that turn writing around, or hide: a link with one would not lead where it seems to. */
const DECEPTIVE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** Every character of `text` comes back, in order, in exactly one token. */
export function tokensOf(text: string): readonly TextToken[] {
  const tokens: TextToken[] = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const link = linkOf(withoutPunctuation(match[0]));
    if (!link) continue;
    if (match.index > done) tokens.push({ type: "text", text: text.slice(done, match.index) });
    tokens.push(link);
    done = match.index + link.text.length;
  }
  if (done < text.length) tokens.push({ type: "text", text: text.slice(done) });
  return tokens;
}

function linkOf(text: string): Extract<TextToken, { type: "link" }> | undefined {
  if (DECEPTIVE.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  // "https://bank.example@elsewhere.example" leads elsewhere.
  if (url.username !== "" || url.password !== "") return undefined;
  return { type: "link", text, href: url.href };
}

/** A link at the end of a sentence does not own its full stop, nor a bracket it did not open. */
function withoutPunctuation(text: string): string {
  // How many brackets of each kind are closed without having been opened.
  const unopened = {
    ")": count(text, ")") - count(text, "("),
    "]": count(text, "]") - count(text, "["),
  };
  let end = text.length;
  for (; end > 0; end--) {
    const last = text.charAt(end - 1);
    if (last === ")" || last === "]") {
      if (unopened[last] <= 0) break;
      unopened[last]--;
    } else if (!/[.,;:!?'’”»*_~]/u.test(last)) {
      break;
    }
  }
  return text.slice(0, end);
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|\s)+$/v;
/** More emoji than this are a pattern, and stay small. */
const LARGE_EMOJI_MAX = 5;

/** Whether a message is a few emoji and nothing else. */
export function isFewEmoji(text: string): boolean {
  if (text.length > 80 || !ONLY_EMOJI.test(text)) return false;
  const symbols = [...new Intl.Segmenter().segment(text)].filter(({ segment }) => segment.trim());
  return symbols.length > 0 && symbols.length <= LARGE_EMOJI_MAX;
}
