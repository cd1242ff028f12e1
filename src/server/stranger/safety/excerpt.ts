/** What a reporter shows: each line is checked against what was sealed and stamped in that chat. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { FrankedLine, Role, StrangerReport } from "#protocol/stranger.ts";
import type { StrangerLine } from "#protocol/stranger-line.ts";
import { readLine } from "#protocol/stranger-line.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Secrets } from "#server/stranger/secrets.ts";

/**
 * The lines as an admin sees them. Refuses with `report-not-allowed` if one of them was not said so,
 * by this end, in this chat, within a day; or stands there twice.
 */
export async function readExcerpt(
  secrets: Pick<Secrets, "isGenuine">,
  chat: { readonly pair: string; readonly role: Role },
  lines: readonly FrankedLine[],
): Promise<StrangerReport["excerpt"]> {
  const read = lines.map((franked) => ({ franked, line: openedLine(franked) }));
  const names = new Set(read.map(({ franked, line }) => line && nameOf(franked.from, line)));
  const genuine = await Promise.all(
    lines.map(({ from, mark, stamp }) => secrets.isGenuine(chat.pair, from, mark, stamp)),
  );
  const isTrue = names.size === lines.length && !genuine.includes(false);
  return read.map(({ franked, line }) => {
    if (!isTrue || line === undefined) throw notSaid();
    const by = franked.from === chat.role ? "reporter" : "reported";
    return { by, text: line.text, at: franked.stamp.at };
  });
}

/** The line in it, if it opens its mark: HMAC-SHA-256 of all of it under the key that lies inside. */
function openedLine({ plain, mark }: FrankedLine): StrangerLine | undefined {
  const bytes = new Uint8Array(Buffer.from(plain, "base64url"));
  const line = readLine(bytes);
  if (line === undefined) return undefined;
  const own = createHmac("sha256", line.opening).update(bytes).digest();
  const shown = Buffer.from(mark, "base64url");
  return own.length === shown.length && timingSafeEqual(own, shown) ? line : undefined;
}

/** The same line may have gone out twice, under two marks. */
function nameOf(from: Role, { run, number }: StrangerLine): string {
  return `${from} ${Buffer.from(run).toString("base64url")} ${number}`;
}

function notSaid(): ChatError {
  return new ChatError(
    "report-not-allowed",
    "At least one of these lines was not said like this in this chat within the last day, " +
      "so nothing was reported. You can report without lines.",
  );
}
