/** Lets strangers meet, or closes at once; closing is asked for twice. */
import type { StrangerFigures } from "#protocol/stranger.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface StrangerSwitchProps {
  readonly figures: StrangerFigures;
  readonly busy: boolean;
  readonly setOpen: (open: boolean) => void;
}

export function StrangerSwitch({ figures, busy, setOpen }: StrangerSwitchProps) {
  const isAsked = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const { open, reason } = figures;
  useEffect(() => {
    isAsked.value = false;
  }, [open]);
  if (isAsked.value && open) {
    return (
      <fieldset class="confirm">
        <legend class="visually-hidden">Are you sure?</legend>
        <p>All chats and searches of strangers end at once, and nobody is let in until you open.</p>
        <button
          type="button"
          class="button-small danger"
          aria-disabled={busy}
          onClick={() => setOpen(false)}
        >
          Close now
        </button>
        <button
          type="button"
          class="button-quiet"
          onClick={() => {
            isAsked.value = false;
            // The button is there again after this.
            setTimeout(() => button.current?.focus(), 0);
          }}
        >
          Not yet
        </button>
      </fieldset>
    );
  }
  return (
    <div class="stranger-state" data-open={open && reason === undefined}>
      <p>
        <strong>{stateOf(figures)}</strong>
        {open && reason !== undefined && <span> {reason}</span>}
      </p>
      <button
        ref={button}
        type="button"
        class={open ? "button-quiet danger" : "button-small"}
        aria-disabled={busy}
        onClick={() => {
          if (open) isAsked.value = true;
          else setOpen(true);
        }}
      >
        {open ? "Close…" : "Let strangers meet"}
      </button>
    </div>
  );
}

function stateOf({ open, reason }: StrangerFigures): string {
  if (!open) return "Closed: no strangers can meet.";
  return reason === undefined ? "Strangers can meet." : "Strangers could meet, but cannot now.";
}
