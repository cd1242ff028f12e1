/** Notices when nobody touches this device for a while, and when somebody does again. */
import { LIMITS } from "#protocol/limits.ts";

const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "focus"] as const;

/** Calls `tell` on each change; the answer ends it. */
export function watchIdle(tell: (isIdle: boolean) => void): () => void {
  let isIdle = false;
  let timer: ReturnType<typeof setTimeout>;
  const rest = () => {
    isIdle = true;
    tell(true);
  };
  const touch = () => {
    clearTimeout(timer);
    timer = setTimeout(rest, LIMITS.idleAfterMs);
    if (!isIdle) return;
    isIdle = false;
    tell(false);
  };
  const options = { passive: true, capture: true } as const;
  for (const name of TOUCHES) addEventListener(name, touch, options);
  timer = setTimeout(rest, LIMITS.idleAfterMs);
  return () => {
    clearTimeout(timer);
    for (const name of TOUCHES) removeEventListener(name, touch, options);
  };
}
