/** How a chat ended, and what one may do next. */
import type { Ended } from "#sdk/strangers/state.ts";
import { ENDINGS } from "#web/strangers/status-words.ts";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface EndPanelProps {
  readonly view: StrangerView;
  readonly reason: Ended;
  readonly report: () => void;
}

/** Before the next search begins by itself, in seconds. */
const NEXT_S = 3;

const OWN: ReadonlySet<Ended> = new Set(["you-left", "you-blocked", "you-reported"]);

export function EndPanel({ view, reason, report }: EndPanelProps) {
  const next = useRef<HTMLButtonElement>(null);
  const seconds = useAutoNext(view, !OWN.has(reason));
  useEffect(() => next.current?.focus({ preventScroll: true }), []);
  const { isConnected } = view.moment.value;
  return (
    <section class="strangers-end" aria-label="The chat has ended">
      <p class="strangers-ending">{ENDINGS[reason]}</p>
      {seconds.value !== undefined && (
        <p class="field-hint">
          Looking for someone new in {seconds.value} s.{" "}
          <button type="button" class="button-link" onClick={() => (seconds.value = undefined)}>
            Cancel
          </button>
        </p>
      )}
      <div class="strangers-buttons">
        <button ref={next} type="button" class="button-small" onClick={() => view.search()}>
          Find someone new
        </button>
        <button type="button" class="button-quiet" onClick={() => view.dismiss()}>
          Change what you look for
        </button>
        {reason !== "you-reported" && isConnected && (
          <button type="button" class="button-quiet danger" onClick={report}>
            Report
          </button>
        )}
      </div>
    </section>
  );
}

/** Counts down to the next search, if one wants that. */
function useAutoNext(view: StrangerView, isTheirs: boolean) {
  const seconds = useSignal(isTheirs && view.autoNext.peek() ? NEXT_S : undefined);
  useEffect(() => {
    if (seconds.peek() === undefined) return undefined;
    const timer = setInterval(() => {
      const left = seconds.peek();
      // Whoever is just reporting is not to lose what they report.
      if (left === undefined || document.querySelector("dialog[open]") !== null) return;
      if (left > 1) seconds.value = left - 1;
      else view.search();
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return seconds;
}
