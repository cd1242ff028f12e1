/** What a check found: which promise, how it was looked at, at how much, and every hit. */
import type { Hit, Kind } from "./canaries.ts";
import type { Finder } from "./canaries.ts";
import { KINDS } from "./canaries.ts";
import { lifeOf } from "./lives.ts";
import type { Entry } from "./places.ts";
import { entriesOf, readFile } from "./places.ts";
import type { ForgetWorld } from "./world.ts";

export interface Finding {
  /** `P1` to `P14`. */
  readonly promise: string;
  readonly how: string;
  /** How much was looked at. */
  readonly looked: string;
  readonly hits: readonly string[];
}

/** What is found in these entries, but for the random ids that a key is listed to hold. */
export function hitsIn(finder: Finder, entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ key, text }) => {
    const listed = lifeOf(key)?.ids ?? [];
    return finder
      .in(Buffer.from(`${key}\n${text}`))
      .filter(({ kind, form }) => !(listed.includes(kind) && form === "utf8"))
      .map((hit) => told(hit, key));
  });
}

export function told({ kind, value, form }: Hit, place: string): string {
  return `${kind} ${value} (${form}) in ${place}`;
}

/** Files, and everything the servers printed: nothing of anybody is ever in there. */
export function filesFinding(world: ForgetWorld, after: string): Finding {
  const finder = world.canaries.finder();
  const files = world.files().filter((path) => !path.endsWith(".heapsnapshot"));
  let bytes = 0;
  const hits = files.flatMap((path) => {
    const content = readFile(path);
    bytes += content.length;
    return finder.in(content).map((hit) => told(hit, path));
  });
  const printed = finder.in(Buffer.from(world.printed)).map((hit) => told(hit, "what was printed"));
  const looked = `${files.length} files, ${bytes + world.printed.length} bytes`;
  return {
    promise: "P4",
    how: `files and logs after ${after}`,
    looked,
    hits: [...hits, ...printed],
  };
}

/** The Redis that keeps everything: it has never heard of strangers. */
export async function durableFinding(world: ForgetWorld, when: string): Promise<Finding> {
  const entries = await entriesOf(world.durable);
  const hits = hitsIn(world.canaries.finder(), entries);
  return {
    promise: "P12",
    how: `the Redis that keeps everything, ${when}`,
    looked: `${entries.length} keys`,
    hits,
  };
}

/** The forgetful Redis: nothing but listed random ids, and of the kinds given not even those. */
export async function forgetfulFinding(
  world: ForgetWorld,
  promise: string,
  when: string,
  never: readonly Kind[] = [],
): Promise<Finding> {
  const entries = await entriesOf(world.forgetful);
  const strict = world.canaries.finder(never);
  const found = entries.flatMap(({ key, text }) =>
    strict.in(Buffer.from(`${key}\n${text}`)).map((hit) => told(hit, key)),
  );
  const kinds = KINDS.filter((kind) => !never.includes(kind));
  const hits = [...found, ...hitsIn(world.canaries.finder(kinds), entries)];
  return { promise, how: `the forgetful Redis, ${when}`, looked: `${entries.length} keys`, hits };
}
