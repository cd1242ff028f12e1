/**
 * Tells CSS how much of the window a touch keyboard leaves, as `--visible-height`. Browsers that
 * follow `interactive-widget` shrink the page by themselves; the others (Safari) lay the keyboard
 * over it.
 */
export function followVisibleHeight(): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const { style } = document.documentElement;
  const follow = () => {
    const isCovered = seen.scale === 1 && seen.height < window.innerHeight - 1;
    if (isCovered) style.setProperty("--visible-height", `${seen.height}px`);
    else style.removeProperty("--visible-height");
    // The browser has pushed the page up to show the field, which now fits without.
    if (isCovered && seen.offsetTop > 0) window.scrollTo(0, 0);
  };
  seen.addEventListener("resize", follow);
  seen.addEventListener("scroll", follow);
}
