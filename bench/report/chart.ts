/** A chart in SVG: lines over two logarithmic axes, readable on light and on dark pages. */

export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
}

const WIDTH = 780;
const HEIGHT = 420;
const LEFT = 84;
const RIGHT = 226;
const TOP = 48;
const BOTTOM = 56;
/** Labels at the ends of the lines are kept this far apart. */
const LABEL_GAP = 16;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .line { stroke-width: 2.5; stroke-linejoin: round; }
  .c0 { stroke: #0969da; fill: #0969da; } .c1 { stroke: #57606a; fill: #57606a; }
  .c2 { stroke: #9a6700; fill: #9a6700; } .c3 { stroke: #cf222e; fill: #cf222e; }
  .line { fill: none; } text.c0, text.c1, text.c2, text.c3 { stroke: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .grid { stroke: #3d444d; }
    .c0 { stroke: #58a6ff; fill: #58a6ff; } .c1 { stroke: #9198a1; fill: #9198a1; }
    .c2 { stroke: #e3b341; fill: #e3b341; } .c3 { stroke: #ff7b72; fill: #ff7b72; }
    .line { fill: none; } text.c0, text.c1, text.c2, text.c3 { stroke: none; }
  }`;

/** All values must be greater than 0. */
export function drawChart({ title, xLabel, yLabel, lines }: Chart): string {
  const xs = lines.flatMap(({ points }) => points.map(([x]) => x));
  const ys = lines.flatMap(({ points }) => points.map(([, y]) => y));
  const x = scale(Math.min(...xs), Math.max(...xs), LEFT, WIDTH - RIGHT);
  const low = 10 ** Math.floor(Math.log10(Math.min(...ys)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...ys)));
  const y = scale(low, high, HEIGHT - BOTTOM, TOP);
  const labels = spread(lines.map(({ points }) => y(points.at(-1)?.[1] ?? low)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>${title}</title><style>${STYLE}</style>`,
    `<text class="title" x="${LEFT}" y="24">${title}</text>`,
    ...decades(low, high).map((value) => rung(value, y(value))),
    ...[...new Set(xs)].map((value) => column(value, x(value))),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${xLabel}</text>`,
    `<text transform="translate(18 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" ` +
      `text-anchor="middle">${yLabel}</text>`,
    ...lines.map(({ label, points }, index) => {
      const places = points.map(([across, up]) => `${at(x(across))} ${at(y(up))}`);
      return curve(`c${index}`, label, places, labels[index] ?? 0);
    }),
    "</svg>\n",
  ].join("\n");
}

/** A line with its points, and its name at `end`. Places are `x y`. */
function curve(color: string, label: string, places: readonly string[], end: number): string {
  const dots = places.map((place) => {
    const [x = "", y = ""] = place.split(" ");
    return `<circle class="${color}" cx="${x}" cy="${y}" r="3"/>`;
  });
  const name = `<text class="${color}" x="${WIDTH - RIGHT + 10}" y="${at(end + 4)}">${label}</text>`;
  return `<path class="line ${color}" d="M${places.join("L")}"/>${dots.join("")}${name}`;
}

/** Maps values onto a line, a factor always taking the same length. */
function scale(low: number, high: number, from: number, to: number) {
  const length = Math.log(high / low) || 1;
  return (value: number) => from + ((to - from) * Math.log(value / low)) / length;
}

function decades(low: number, high: number): readonly number[] {
  const count = Math.round(Math.log10(high / low)) + 1;
  return Array.from({ length: count }, (_, n) => low * 10 ** n);
}

function rung(value: number, y: number): string {
  return (
    `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y)}" y2="${at(y)}"/>` +
    `<text x="${LEFT - 8}" y="${at(y + 4)}" text-anchor="end">${value.toLocaleString("en")}</text>`
  );
}

function column(value: number, x: number): string {
  const foot = HEIGHT - BOTTOM;
  return (
    `<line class="grid" x1="${at(x)}" x2="${at(x)}" y1="${TOP}" y2="${foot}"/>` +
    `<text x="${at(x)}" y="${foot + 20}" text-anchor="middle">${value.toLocaleString("en")}</text>`
  );
}

/** Moves places apart that are too close to each other, keeping their order. */
function spread(places: readonly number[]): readonly number[] {
  const spreadOut = [...places];
  let above = -Infinity;
  for (const index of [...places.keys()].sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0))) {
    above = Math.max(places[index] ?? 0, above + LABEL_GAP);
    spreadOut[index] = above;
  }
  return spreadOut;
}

const at = (place: number): string => place.toFixed(1);
