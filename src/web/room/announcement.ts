/** What a screen reader is told of new messages: each one, or the sum when they come in a burst. */
export interface Heard {
  readonly from: number;
  readonly text: string;
}

/** More than this at once are counted instead of read. */
const READ_MAX = 3;

/** @param nameOf the name behind an id, `undefined` while unknown */
export function announcementOf(
  heard: readonly Heard[],
  nameOf: (id: number) => string | undefined,
): string {
  if (heard.length <= READ_MAX) {
    return heard.map(({ from, text }) => `${nameOf(from) ?? "Somebody"}: ${text}`).join("\n");
  }
  const authors = new Set(heard.map(({ from }) => from));
  const [only] = authors;
  if (authors.size === 1 && only !== undefined) {
    return `${heard.length} new messages from ${nameOf(only) ?? "somebody"}`;
  }
  return `${heard.length} new messages from ${authors.size} people`;
}
