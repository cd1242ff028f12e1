/** The ledger of a crossing: what was said, what everybody heard, and what is wrong with it. */

export interface Said {
  readonly room: string;
  readonly text: string;
  readonly by: "klatch" | "foreign";
}

/** What one observer was shown of a room, oldest first, with the place of each. */
export interface Shown {
  readonly observer: string;
  readonly room: string;
  readonly lines: readonly { readonly id: string; readonly text: string }[];
}

export interface Ledger {
  readonly said: readonly Said[];
  /** The logs at the end, as Klatch's members read them. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
  readonly shown: readonly Shown[];
  /** What each server of another kind heard of Klatch's. */
  readonly foreign: readonly (readonly string[])[];
}

/** Each thing that is lost, doubled or out of order, in words. */
export function problems({ said, logs, shown, foreign }: Ledger): readonly string[] {
  const rooms = Map.groupBy(said, ({ room }) => room);
  const ofKlatch = said.filter(({ by }) => by === "klatch").map(({ text }) => text);
  return [
    ...[...rooms].flatMap(([room, lines]) =>
      compare(
        `the log of ${room}`,
        logs.get(room) ?? [],
        lines.map(({ text }) => text),
      ),
    ),
    ...shown.flatMap((each) => {
      const log = logs.get(each.room) ?? [];
      const texts = each.lines.map(({ text }) => text);
      const who = `${each.observer} in ${each.room}`;
      const isOrdered = texts.every((text, at) => text === log[at]);
      const ids = each.lines.map(({ id }) => id);
      const isRising = ids.every((id, at) => at === 0 || rises(ids[at - 1] ?? "", id));
      return [
        ...compare(who, texts, log),
        ...(isOrdered ? [] : [`${who}: another order than the log`]),
        ...(isRising ? [] : [`${who}: ids do not rise`]),
      ];
    }),
    ...foreign.flatMap((texts, at) => compare(`foreign server ${at + 1}`, texts, ofKlatch)),
  ];
}

function compare(who: string, have: readonly string[], want: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of have) counts.set(text, (counts.get(text) ?? 0) + 1);
  const lost = want.filter((text) => !counts.has(text));
  const doubled = [...counts].filter(([, count]) => count > 1);
  const wanted = new Set(want);
  const alien = have.filter((text) => !wanted.has(text));
  return [
    ...(lost.length > 0 ? [`${who}: ${lost.length} lost, as "${lost[0]}"`] : []),
    ...(doubled.length > 0 ? [`${who}: ${doubled.length} doubled, as "${doubled[0]?.[0]}"`] : []),
    ...(alien.length > 0 ? [`${who}: ${alien.length} from nowhere, as "${alien[0]}"`] : []),
  ];
}

function rises(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}
