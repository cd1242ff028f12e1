/** For what opens beneath a button, and may be outside of what one sees: scrolls there. */
export function intoView(element: Element | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
