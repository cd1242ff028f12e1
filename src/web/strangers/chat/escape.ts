/** Esc: cancels a search; in a chat asks "Really?", and ends it when pressed again. */
import { isMeeting } from "#sdk/strangers/state.ts";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import { useEffect } from "preact/hooks";

/** A second press counts for so long. */
export const ASKING_MS = 2_000;

export function useEscape(view: StrangerView): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !isForPage(event)) return;
      const { state } = view.moment.peek();
      clearTimeout(timer);
      if (!isMeeting(state)) {
        if (["entering", "proving", "searching"].includes(state.at)) view.stop();
      } else if (view.isAsking.peek()) view.end();
      else {
        view.isAsking.value = true;
        timer = setTimeout(() => (view.isAsking.value = false), ASKING_MS);
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [view]);
}

/** Not for what is being composed with an input method, held down, or for a dialog that is open. */
function isForPage(event: KeyboardEvent): boolean {
  if (event.isComposing || event.repeat || event.defaultPrevented) return false;
  // oxlint-disable-next-line typescript/no-deprecated -- because Safari tells of the last Esc only by code 229
  if (event.keyCode === 229) return false;
  return document.querySelector("dialog[open]") === null;
}
