/** The search: among whom it goes on, how long that usually takes, and the way out. */
import type { StrangerState } from "#sdk/strangers/state.ts";
import { stagesOf } from "#sdk/strangers/state.ts";
import { STAGES, WAITS } from "#web/strangers/status-words.ts";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import { useEffect, useRef } from "preact/hooks";

export interface SearchingProps {
  readonly view: StrangerView;
  readonly state: Extract<StrangerState, { at: "entering" | "proving" | "searching" }>;
}

export function Searching({ view, state }: SearchingProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus({ preventScroll: true }), []);
  return (
    <div class="strangers-search">
      <span class="typing-dots strangers-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {state.at === "entering" && (
        <p class="card-words">{state.tries === 0 ? "Connecting…" : "Reconnecting…"}</p>
      )}
      {state.at === "proving" && <Proving done={state.done} />}
      {state.at === "searching" && <Stages view={view} state={state} />}
      <button
        ref={cancel}
        type="button"
        class="button-quiet"
        aria-keyshortcuts="Escape"
        onClick={() => view.stop()}
      >
        Cancel
      </button>
    </div>
  );
}

interface StagesProps {
  readonly view: StrangerView;
  readonly state: Extract<StrangerState, { at: "searching" }>;
}

function Stages({ view, state }: StagesProps) {
  const stages = stagesOf({
    interests: view.interests.value,
    language: view.language.value,
    ...(view.onlyInterests.value && { onlyInterests: true }),
  });
  return (
    <>
      <p class="card-words">Looking among</p>
      <ol class="strangers-stages">
        {stages.map(([, stage]) => (
          <li key={stage} aria-current={stage === state.stage ? "step" : undefined}>
            {STAGES[stage]}
          </li>
        ))}
      </ol>
      <p class="field-hint">{state.wait && WAITS[state.wait]}</p>
    </>
  );
}

function Proving({ done }: { readonly done: number }) {
  return (
    <>
      <p class="card-words">
        There is a lot going on in your network. To show that you are no machine that floods this
        place, your browser works for a moment.
      </p>
      <progress class="strangers-progress" aria-label="Work done" value={done} max={1} />
    </>
  );
}
