/** How strangers fare, as plain numbers. */
import type { Ending, StrangerFigures } from "#protocol/stranger.ts";

const ENDINGS: Readonly<Record<Ending, string>> = {
  left: "ended",
  skipped: "skipped",
  lost: "connection lost",
  "timed-out": "nobody spoke",
  reported: "reported",
  restarting: "service restarted",
};

export function Figures({ figures }: { readonly figures: StrangerFigures }) {
  const { waiting, talking, waitP50, waitP95, pairs, ends, openReports } = figures;
  const endings = Object.entries(ENDINGS).flatMap(([ending, name]) => {
    const count = Object.entries(ends).find(([each]) => each === ending)?.[1] ?? 0;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return (
    <>
      <dl class="tiles">
        <Tile name="Looking" value={String(waiting)} />
        <Tile name="Talking" value={String(talking)} />
        <Tile name="Usual wait" value={secondsOf(waitP50)} />
        <Tile name="19 of 20 wait up to" value={secondsOf(waitP95)} />
        <Tile name="Pairs in 24 hours" value={String(pairs)} />
        <Tile name="Reports that wait" value={String(openReports)} />
      </dl>
      {endings.length > 0 && (
        <p class="dialog-hint">How chats ended in 24 hours: {endings.join(", ")}.</p>
      )}
    </>
  );
}

function Tile({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Too few have been paired to say where there is none. */
function secondsOf(ms: number | undefined): string {
  if (ms === undefined) return "–";
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}
