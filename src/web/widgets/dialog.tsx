/** What lies over the rooms: a modal dialog that gives the focus back when it goes. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

export interface DialogProps {
  readonly title: string;
  /** `card` and `wide` in the middle, `drawer` at the side; a narrow page shows all from below. */
  readonly shape?: "card" | "drawer" | "wide";
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Dialog({ title, shape = "card", onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // A card asks for something; the browser would begin with the button that closes it.
    if (shape === "card") shown?.querySelector<HTMLElement>("input:not([hidden])")?.focus();
    // Closing first is what gives the focus back.
    return () => shown?.close();
  }, []);
  // The dialog itself is hit only beside what is in it.
  const onPointerDown = (event: PointerEvent) => {
    if (event.target === dialog.current) onClose();
  };
  return (
    <dialog
      ref={dialog}
      class="dialog"
      data-shape={shape}
      aria-labelledby="dialog-title"
      onClose={onClose}
      onPointerDown={onPointerDown}
    >
      <div class="dialog-sheet">
        <header class="dialog-head">
          <h2 id="dialog-title">{title}</h2>
          <button type="button" class="icon-button" onClick={onClose}>
            <Icon name="close" />
            <span class="visually-hidden">Close</span>
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
