/** The safety phrase, and what it is worth. */
import { Switches } from "#web/strangers/start/wishes.tsx";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import { Dialog } from "#web/widgets/dialog.tsx";

export interface SafetyDialogProps {
  readonly view: StrangerView;
  readonly onClose: () => void;
}

export function SafetyDialog({ view, onClose }: SafetyDialogProps) {
  const { phrase, dropped } = view.moment.value;
  return (
    <Dialog title="How this chat is protected" onClose={onClose}>
      <p>
        What you two say is encrypted from page to page, with keys that are new for this chat and
        thrown away line by line.
      </p>
      {phrase.length > 0 ? (
        <>
          <p class="safety-phrase" aria-label="Safety phrase">
            {phrase.join(" · ")}
          </p>
          <p class="dialog-hint">
            You both see these four words, unless somebody between you gave each of you a key of
            their own. That shows only if you compare them elsewhere, aloud for instance; words
            compared in this chat can be forged on the way. They are others after each reconnection.
          </p>
        </>
      ) : (
        <p class="dialog-hint">The keys are just being agreed on.</p>
      )}
      {dropped > 0 && (
        <output class="form-alert">
          {dropped === 1 ? "One line was" : `${dropped} lines were`} damaged on the way and not
          shown.
        </output>
      )}
      <p class="dialog-hint">
        It does not protect you from the stranger, who can copy and pass on what you say, nor from a
        server that gives you another page than this.
      </p>
      <details class="strangers-settings">
        <summary>Settings</summary>
        <Switches view={view} />
      </details>
    </Dialog>
  );
}
