/** Tables in Markdown, aligned so that they can also be read in a terminal, and numbers as people read them. */

export type Row = readonly string[];

/** The first column is text, the others are numbers. */
export function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: Row) => {
    const padded = widths.map((width, column) => {
      const cell = cells[column] ?? "";
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** `3.1 M`, `24 k`, `950`, `1.4`: two or three figures, since no more can be believed. */
export function short(value: number): string {
  if (value >= 1e6) return `${figures(value / 1e6)} M`;
  if (value >= 1e4) return `${figures(value / 1e3)} k`;
  return figures(value);
}

function figures(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Two percentiles of a time in milliseconds. */
export function times({ p50, p99 }: { readonly p50: number; readonly p99: number }): string {
  return `${short(p50)} / ${short(p99)}`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
