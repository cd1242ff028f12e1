/** Interests as they are typed: several at once, each once, and only so many. */
import { LIMITS } from "#protocol/limits.ts";
import { hasInk } from "#protocol/message.ts";

/** What is there and what was typed, each once whatever its case. */
export function withInterests(there: readonly string[], typed: string): readonly string[] {
  const all = [...there];
  for (const part of typed.split(/[,;\n]/u)) {
    const interest = shortened(part.trim());
    const isKnown = all.some((each) => each.toLowerCase() === interest.toLowerCase());
    if (interest.isWellFormed() && hasInk(interest) && !isKnown) all.push(interest);
  }
  return all.slice(0, LIMITS.interestsMax);
}

/** Half a character at the end goes, too. */
function shortened(text: string): string {
  const most = text.slice(0, LIMITS.interestCharsMax);
  return (most.isWellFormed() ? most : most.slice(0, -1)).trim();
}
