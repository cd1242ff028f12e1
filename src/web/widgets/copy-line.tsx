/** Something to be taken along: a line that shows it, and a button that copies it. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

export interface CopyLineProps {
  /** What it is, for who does not see it. */
  readonly label: string;
  readonly text: string;
  /** On the button: "Copy link". */
  readonly verb: string;
}

export function CopyLine({ label, text, verb }: CopyLineProps) {
  const isCopied = useSignal(false);
  const line = useRef<HTMLInputElement>(null);
  const copy = () => {
    // Missing on pages without https; then it is marked, to be copied by hand.
    const clipboard: Clipboard | undefined = navigator.clipboard;
    line.current?.select();
    clipboard?.writeText(text).then(
      () => (isCopied.value = true),
      () => undefined,
    );
  };
  return (
    <div class="copy-line">
      <input ref={line} readOnly aria-label={label} value={text} />
      <button type="button" class="button-small" onClick={copy}>
        {isCopied.value ? "Copied" : verb}
      </button>
    </div>
  );
}
