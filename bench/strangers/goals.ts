/** A goal of stranger chat: what was asked, what was measured, whether it is met. */
export interface Goal {
  /** `G2` to `G13`. */
  readonly goal: string;
  readonly asked: string;
  readonly measured: string;
  readonly isMet: boolean;
}

export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map(
    ({ goal, asked, measured, isMet }) =>
      `| ${goal} | ${asked} | ${measured} | ${isMet ? "yes" : "**no**"} |`,
  );
  return [
    "| goal | asked, of four cores | measured here | met |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}
