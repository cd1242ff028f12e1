/** What is being written, what is wrong with it, and which keys send it. */
import { textProblem } from "#protocol/message.ts";
import { signal } from "@preact/signals";
import type { Draft } from "./draft.ts";

export class ComposerState {
  readonly text;
  readonly trouble = signal("");
  readonly #draft: Draft;
  /** What was being written when one began to edit something else; `undefined` while one does not. */
  #kept: string | undefined;

  constructor(draft: Draft) {
    this.#draft = draft;
    this.text = signal(draft.read());
  }

  edit(text: string): void {
    this.text.value = text;
    this.trouble.value = "";
    if (this.#kept === undefined) this.#draft.write(text);
  }

  /** Puts a message that is being edited in the place of what was begun, until `endEditing`. */
  beginEditing(text: string): void {
    this.#kept ??= this.text.value;
    this.edit(text);
  }

  /** What was begun is back. */
  endEditing(): void {
    if (this.#kept === undefined) return;
    const kept = this.#kept;
    this.#kept = undefined;
    this.edit(kept);
  }

  /** Hands the text over; it stays until that is done, and where it is refused, with the reason. */
  async submitEdit(save: (text: string) => Promise<void>): Promise<void> {
    const message = withoutEdges(this.text.value);
    const problem = textProblem(message);
    this.trouble.value = problem ?? "";
    if (problem !== undefined) return;
    try {
      await save(message);
    } catch (error) {
      this.trouble.value = error instanceof Error ? error.message : "That could not be changed.";
    }
  }

  /** Hands the text over; what `send` refuses stays, with the reason in `trouble`. */
  submit(send: (text: string) => void): void {
    const message = withoutEdges(this.text.value);
    if (message === "") return;
    const problem = textProblem(message);
    if (problem) {
      this.trouble.value = problem;
      return;
    }
    try {
      send(message);
      this.edit("");
      this.#draft.flush();
    } catch (error) {
      this.trouble.value =
        error instanceof Error ? error.message : "That message could not be sent.";
    }
  }

  flush(): void {
    this.#draft.flush();
  }
}

/**
 * Enter sends, with Shift it starts a line. While an input method composes, Enter belongs to it. On
 * a touch keyboard there is no Shift+Enter, so Enter starts a line there; with Ctrl or Cmd it
 * always sends.
 */
export function asksToSend(event: KeyboardEvent, touch: boolean): boolean {
  if (event.key !== "Enter" || event.isComposing || isSafariComposing(event)) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return !event.shiftKey && !event.altKey && !touch;
}

function isSafariComposing(event: KeyboardEvent): boolean {
  // oxlint-disable-next-line typescript/no-deprecated -- because Safari tells of the last Enter only by code 229
  return event.keyCode === 229;
}

/** Blank lines before and blanks behind are slips of the hand; indentation is not. */
function withoutEdges(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd();
}
