/** Why one may not meet anybody here, until when, and what one can do. */
import type { Refused } from "#sdk/strangers/state.ts";

export interface RefusalProps {
  readonly refused: Refused;
  readonly again: () => void;
}

export function Refusal({ refused, again }: RefusalProps) {
  const { why, detail, until } = refused;
  return (
    <>
      <p class="card-notice" role="alert">
        {detail}
        {until !== undefined && (
          <>
            {" "}
            It ends on{" "}
            <time dateTime={new Date(until * 1_000).toISOString()}>
              {new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" }).format(
                until * 1_000,
              )}
            </time>
            .
          </>
        )}
      </p>
      {why !== "insecure" && (
        <button type="button" class="button-primary" onClick={again}>
          Try again
        </button>
      )}
      <p class="card-switch">
        <a href="/">Back to Klatch</a>
      </p>
    </>
  );
}
