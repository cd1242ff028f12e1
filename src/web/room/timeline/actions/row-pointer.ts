/** Which message is pointed at: under the mouse, with the focus, or pressed for long by a finger. */
import type { MessageActions } from "./message-actions.ts";

/** A touch that rests this long asks for the actions, in milliseconds. */
const LONG_PRESS_MS = 450;
/** A finger that moves further than this is scrolling, in pixels. */
const STILL_PX = 10;

/** Listens around the rows until the returned function is called. */
export function listenToPointer(content: HTMLElement, actions: MessageActions): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  let press: { x: number; y: number; timer: ReturnType<typeof setTimeout> } | undefined;
  const letGo = () => {
    clearTimeout(press?.timer);
    press = undefined;
  };
  const show = (target: EventTarget | null) => (actions.shownAt.value = cidOf(target));
  const onOver = ({ pointerType, target }: PointerEvent) => {
    if (pointerType === "mouse") show(target);
  };
  const onLeave = ({ pointerType }: PointerEvent) => {
    if (pointerType === "mouse")
      show(isByKeys(document.activeElement) ? document.activeElement : null);
  };
  const onDown = ({ pointerType, target, clientX: x, clientY: y }: PointerEvent) => {
    letGo();
    if (pointerType === "mouse") return;
    const isInBar = target instanceof Element && target.closest(".toolbar") !== null;
    if (!isInBar) actions.shownAt.value = undefined;
    press = { x, y, timer: setTimeout(() => show(target), LONG_PRESS_MS) };
  };
  const onMove = ({ clientX, clientY }: PointerEvent) => {
    if (press && Math.hypot(clientX - press.x, clientY - press.y) > STILL_PX) letGo();
  };
  const onFocusOut = ({ relatedTarget }: FocusEvent) => {
    if (!(relatedTarget instanceof Node && content.contains(relatedTarget))) show(null);
  };
  content.addEventListener("pointerover", onOver, { signal });
  content.addEventListener("pointerleave", onLeave, { signal });
  content.addEventListener("pointerdown", onDown, { signal });
  content.addEventListener("pointermove", onMove, { signal, passive: true });
  for (const end of ["pointerup", "pointercancel"] as const) {
    content.addEventListener(end, letGo, { signal });
  }
  content.addEventListener("focusin", ({ target }) => isByKeys(target) && show(target), { signal });
  content.addEventListener("focusout", onFocusOut, { signal });
  return () => {
    letGo();
    abort.abort();
  };
}

/** A click or a tap moves the focus, too, and asks for nothing by that. */
function isByKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(":focus-visible");
}

function cidOf(target: EventTarget | null): string | undefined {
  const row = target instanceof Element ? target.closest(".message") : null;
  return row instanceof HTMLElement ? row.dataset["cid"] : undefined;
}
