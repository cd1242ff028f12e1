/** What the tutorial's requests say, read without trust: numbers may come as texts, lists in several spellings. */
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";

interface Page {
  readonly offset: number;
  readonly size: number;
}

/** `?offset=&size=`, whole numbers within their limits; else `bad-request`. */
export function readPage({ offset, size }: Readonly<Record<string, string>>): Page {
  return {
    offset: readCount(offset, LIMITS.tutorialOffsetMax),
    size: readCount(size, LIMITS.pageMessagesMax),
  };
}

const pair = z.object({
  user1: z.union([z.string().max(16), z.number()]),
  user2: z.union([z.string().max(16), z.number()]),
});

/** `{user1, user2}`, two different people; else `bad-request`. */
export function readPair(body: unknown): { readonly first: number; readonly second: number } {
  const { data } = pair.safeParse(body);
  const [first, second] = [readPerson(data?.user1), readPerson(data?.user2)];
  if (first === undefined || second === undefined || first === second) {
    throw new ChatError("bad-request", "A private chat has two different people.");
  }
  return { first, second };
}

/**
 * `?ids[]=1&ids[]=2`, also with an index, or `ids` twice; what is no id is nobody's. Without a list
 * `not-found`, with too many `bad-request`.
 */
export function readPeople(query: URLSearchParams): readonly number[] {
  const listed = [...query].flatMap(([name, id]) => (/^ids\[\d{0,3}\]$/u.test(name) ? [id] : []));
  const repeated = query.getAll("ids");
  const ids = listed.length > 0 || repeated.length < 2 ? listed : repeated;
  if (ids.length === 0) throw notFound();
  if (ids.length > LIMITS.peopleIdsMax) {
    throw new ChatError("bad-request", `Ask for up to ${LIMITS.peopleIdsMax} people at a time.`);
  }
  return [...new Set(ids.map((id) => readPerson(id)).filter((id) => id !== undefined))];
}

function readCount(text: string | undefined, most: number): number {
  const count = text !== undefined && /^\d{1,7}$/u.test(text) ? Number(text) : Number.NaN;
  if (count <= most) return count;
  throw new ChatError(
    "bad-request",
    `offset and size are whole numbers; this one is up to ${most}.`,
  );
}

function readPerson(id: string | number | undefined): number | undefined {
  return /^[1-9]\d{0,14}$/u.test(String(id)) ? Number(id) : undefined;
}
