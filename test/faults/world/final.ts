/** Reads a room's log to its beginning, page by page, as any program with a session can. */
import type { HistoryPage } from "#protocol/api.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Line } from "#test/checkers/history.ts";

/** Oldest first; at most the newest `most`, rounded up to a page. Throws if the server refuses. */
export async function readLog(
  url: string,
  token: string,
  room: string,
  most = Infinity,
): Promise<readonly Line[]> {
  const pages: Line[][] = [];
  const limit = Math.min(most, LIMITS.pageMessagesMax);
  let before: string | undefined;
  let count = 0;
  do {
    const cursor = before === undefined ? "" : `&before=${before}`;
    const response = await fetch(`${url}/api/rooms/${room}/messages?limit=${limit}${cursor}`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`Room ${room}: ${response.status} ${await response.text()}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the path says so
    const page = (await response.json()) as HistoryPage;
    pages.push(page.messages.map(({ id, cid }) => ({ id, cid })));
    count += page.messages.length;
    before = page.before;
  } while (before !== undefined && count < most);
  return pages.toReversed().flat();
}
