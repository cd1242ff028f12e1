/**
 * What a partner can see: the fields and sizes of all frames (P9, P14), and whether two chats of one
 * person can be linked (P10).
 */
import { percentile } from "#bench/load/percentile.ts";
import type { Finding } from "#test/forget/findings.ts";
import { frameProblems } from "#test/forget/frames.ts";
import type { ForgetWorld } from "#test/forget/world.ts";
import { TestStranger } from "#test/support/stranger.ts";

export function framesFinding(world: ForgetWorld): Finding {
  const packets = world.visitors.flatMap((visitor) => visitor.packets);
  const fromServer = packets.filter(({ isFromServer }) => isFromServer);
  const problems = fromServer.flatMap(({ text }) => frameProblems(text));
  return {
    promise: "P9, P14",
    how: "each field of each frame is on the list; sealed ones have whole steps of 256 bytes",
    looked: `${fromServer.length} frames`,
    hits: [...new Set(problems)],
  };
}

/** Public keys are made anew for each chat and each return. */
export function keysFinding(world: ForgetWorld): Finding {
  const keys = world.visitors.flatMap(({ packets }) =>
    packets.flatMap(({ isFromServer, text }) => {
      const key = /"kind":"key","epoch":\d+,"key":"(?<key>[\w-]+)"/u.exec(text)?.groups?.["key"];
      return isFromServer || key === undefined ? [] : [key];
    }),
  );
  const hits = keys.length === new Set(keys).size ? [] : ["a public key came twice"];
  return { promise: "P10", how: "public keys differ", looked: `${keys.length} keys`, hits };
}

interface Meeting {
  readonly person: number;
  readonly id: string;
  readonly name: string;
  readonly hue: number;
}

const CHATS_EACH = 10;
const LANES = 4;
const CLASSES = 12;
/** Beyond this many deviations of a chi-square from its mean, chance does not do it (1 in 10 million). */
const DEVIATIONS_MAX = 5.5;

/** So many chats of a tenth as many people, each with somebody else, who notes what is to be seen. */
export async function unlinkableFinding(world: ForgetWorld, chats: number): Promise<Finding> {
  const people = Array.from({ length: Math.ceil(chats / CHATS_EACH) }, (_, person) => person);
  const meetings: Meeting[] = [];
  const lane = async () => {
    for (let person = people.pop(); person !== undefined; person = people.pop()) {
      meetings.push(...(await chatsOf(world, person)));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const hits = [
    ...uniqueness(meetings),
    ...evenness("hues", meetings, CLASSES, ({ hue }) => Math.floor((hue * CLASSES) / 360)),
    ...dependence("hues", meetings, CLASSES, ({ hue }) => Math.floor((hue * CLASSES) / 360)),
    ...dependence("names", meetings, CLASSES, ({ name }) => classOf(name)),
    ...dependence("ids", meetings, CLASSES, ({ id }) => classOf(id.slice(0, 2))),
  ];
  return {
    promise: "P10",
    how: "ids are unique; names, hues and ids do not hang on the person (chi-square, 5.5 deviations)",
    looked: `${meetings.length} chats of ${Math.ceil(chats / CHATS_EACH)} people`,
    hits,
  };
}

async function chatsOf(world: ForgetWorld, person: number): Promise<readonly Meeting[]> {
  const { canaries, one, two } = world;
  const from = () => ({ "x-forwarded-for": canaries.make("address") });
  await using ada = await TestStranger.connect(one.url, from());
  await ada.enter();
  const meetings: Meeting[] = [];
  for (let chat = 0; chat < CHATS_EACH; chat++) {
    await using other = await TestStranger.connect(two.url, from());
    await other.enter();
    const wish = { interests: [`${person} ${chat}`], onlyInterests: true } as const;
    const [, seen] = await Promise.all([ada.meet(wish), other.meet(wish)]);
    meetings.push({ person, id: seen.id, name: seen.they.name, hue: seen.they.hue });
    await other.ask("end", { pair: seen.id });
    await ada.next("ended");
  }
  return meetings;
}

/** No id twice; and nobody has a name more often than chance gives it. */
function uniqueness(meetings: readonly Meeting[]): readonly string[] {
  const ids = new Set(meetings.map(({ id }) => id));
  const often = new Map<string, number>();
  for (const { person, name } of meetings) {
    const key = `${person} ${name}`;
    often.set(key, (often.get(key) ?? 0) + 1);
  }
  return [
    ...(ids.size === meetings.length ? [] : ["an id came twice"]),
    // Of 16,000 names, two alike within ten chats are rare, and three do not happen.
    ...(percentile([...often.values()], 1) <= 2 ? [] : ["somebody has a name again and again"]),
  ];
}

/** Whether all classes come equally often. */
function evenness(
  what: string,
  meetings: readonly Meeting[],
  classes: number,
  of: (meeting: Meeting) => number,
): readonly string[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const meeting of meetings) counts[of(meeting)] = (counts[of(meeting)] ?? 0) + 1;
  const expected = meetings.length / classes;
  const square = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return beyondChance(square, classes - 1) ? [`${what} are not even: ${square.toFixed(1)}`] : [];
}

/** Whether a class says anything of the person. */
function dependence(
  what: string,
  meetings: readonly Meeting[],
  classes: number,
  of: (meeting: Meeting) => number,
): readonly string[] {
  const persons = new Map<number, number[]>();
  const totals = Array.from({ length: classes }, () => 0);
  for (const meeting of meetings) {
    const row = persons.get(meeting.person) ?? Array.from({ length: classes }, () => 0);
    persons.set(meeting.person, row);
    const at = of(meeting);
    row[at] = (row[at] ?? 0) + 1;
    totals[at] = (totals[at] ?? 0) + 1;
  }
  let square = 0;
  for (const row of persons.values()) {
    const all = row.reduce((sum, count) => sum + count, 0);
    for (const [at, total] of totals.entries()) {
      const expected = (all * total) / meetings.length;
      if (expected > 0) square += ((row[at] ?? 0) - expected) ** 2 / expected;
    }
  }
  const freedom = (persons.size - 1) * (totals.filter((total) => total > 0).length - 1);
  return beyondChance(square, freedom) ? [`${what} hang on the person: ${square.toFixed(1)}`] : [];
}

function beyondChance(square: number, freedom: number): boolean {
  return (square - freedom) / Math.sqrt(2 * freedom) > DEVIATIONS_MAX;
}

function classOf(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % CLASSES;
}
