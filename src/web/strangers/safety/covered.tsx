/** A line that is covered until one asks for it. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { InertText } from "./inert-text.tsx";
import { isRude } from "./rude-words.ts";

export interface CoveredProps {
  readonly text: string;
  readonly isFiltered: boolean;
}

export function MaybeCovered({ text, isFiltered }: CoveredProps) {
  const isShown = useSignal(false);
  const rude = useMemo(() => isRude(text), [text]);
  if (!rude || !isFiltered || isShown.value) return <InertText text={text} />;
  return (
    <p class="message-text covered">
      <span>This line may be rude.</span>{" "}
      <button type="button" class="button-link" onClick={() => (isShown.value = true)}>
        Show
      </button>
    </p>
  );
}
