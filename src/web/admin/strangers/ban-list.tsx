/** Bans that hold; whom they are about is nowhere to be read. */
import type { StrangerBansResult } from "#protocol/stranger.ts";
import { untilWords } from "#web/chat/moments.ts";
import { REASON_NAMES } from "./reason-names.ts";

export interface BanListProps {
  readonly bans: StrangerBansResult["bans"];
  readonly busy: boolean;
  readonly lift: (id: string) => void;
}

export function BanList({ bans, busy, lift }: BanListProps) {
  if (bans.length === 0) return <p class="dialog-hint">No network is banned.</p>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets
    <ul class="stranger-bans" role="list">
      {bans.map(({ id, until, reason }) => {
        const words = `${REASON_NAMES[reason]}, ${untilWords(until)}`;
        return (
          <li key={id}>
            <span>{words}</span>
            <button
              type="button"
              class="button-quiet"
              aria-disabled={busy}
              aria-label={`Lift the ban: ${words}`}
              onClick={() => lift(id)}
            >
              Lift
            </button>
          </li>
        );
      })}
    </ul>
  );
}
