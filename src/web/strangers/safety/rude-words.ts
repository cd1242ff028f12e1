/**
 * Recognises slurs and sexual words in what a stranger said, so that the page can cover the line. It
 * runs where the line is read, and tells nobody. A list never knows all: it covers what is common.
 */

/** Whole words, with the endings below; what is also an innocent word's part is only found alone. */
const WORDS =
  "anal arse arsehole asshole bastard bitch blowjob bollocks boner boob bugger clit cock coon crotch cum cunt " +
  "dick dildo dyke fag faggot fuck fucker gangbang gook handjob hentai hooker horny incest jerkoff jizz kike " +
  "milf motherfucker nigga nigger nude nudes orgasm paki pedo penis porn porno pussy rape raped rapist " +
  "retard retarded rimjob schlong scrotum semen sex sexting sexy shemale shit slut spastic tit titties " +
  "tranny twat vagina wank wanker wetback whore";

const ENDINGS = ["", "s", "es", "ed", "er", "ers", "ing", "in"];

/** Made by these endings, and innocent. */
const INNOCENT: ReadonlySet<string> = new Set(["cocker", "cockers", "titer", "titers"]);

const RUDE: ReadonlySet<string> = new Set(
  WORDS.split(" ").flatMap((word) => ENDINGS.map((ending) => word + ending)),
);

/** Digits and marks that stand for letters. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/** Whether one may not want to see it. */
export function isRude(text: string): boolean {
  const plain = text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase();
  const words = plain.split(/[^\p{L}\p{N}@$!*]+/u);
  // Letters that were set apart: "f u c k", "f.u.c.k".
  const apart = plain.match(/\b\p{L}(?:[\s.*_-]\p{L}\b){2,}/gu) ?? [];
  return [...words, ...apart.map((each) => each.replace(/[^\p{L}]/gu, ""))].some(isRudeWord);
}

function isRudeWord(written: string): boolean {
  const word = written
    .replace(/[!*]+$/u, "")
    .replace(/[013457@$!]/gu, (char) => LOOKALIKES[char] ?? char);
  // "fuuuck" is drawn out; two of a letter may belong there.
  return ["$1", "$1$1"].some((times) => {
    const shorter = word.replace(/(.)\1{2,}/gu, times);
    return RUDE.has(shorter) && !INNOCENT.has(shorter);
  });
}
