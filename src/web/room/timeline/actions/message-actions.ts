/** What one can do with a message, and with which one something is being done. */
import type { Position } from "#protocol/position.ts";
import type { Entry, StoredEntry } from "#sdk/index.ts";
import { signal } from "@preact/signals";

/** What the page around the room does for it. */
export interface ActionPort {
  readonly me: number;
  /** Draw again when the answer is another. */
  maySay(): boolean;
  mayReact(): boolean;
  mayPin(): boolean;
  mayDeleteOthers(): boolean;
  react(id: Position, emoji: string, isThere: boolean): Promise<void>;
  pin(id: Position, isPinned: boolean): Promise<void>;
  /** Makes it unread again, and all that comes after it. */
  unread(id: Position): Promise<void>;
  /** Asks whether to, and does it. */
  askDelete(entry: StoredEntry): void;
  /** Asks what is wrong with it, and tells the admins. */
  askReport(entry: StoredEntry): void;
  /** Whether one does not want to hear from them; draws again when the answer is another. */
  isBlocked(person: number): boolean;
  /** Offers more emoji. */
  askReact(entry: StoredEntry): void;
  addressOf(id: Position): string;
  /** Tells the person something. */
  say(words: string): void;
  sayTrouble(error: unknown): void;
}

/** What the composer is at, besides a new message. */
export interface Writing {
  readonly as: "reply" | "edit";
  readonly entry: StoredEntry;
}

export class MessageActions {
  readonly port: ActionPort;
  /** Cid of the row whose actions show. */
  readonly shownAt = signal<string | undefined>(undefined);
  /** Cids of messages that are shown although one blocks who said them. */
  readonly unfolded = signal<ReadonlySet<string>>(new Set());
  readonly writing = signal<Writing | undefined>(undefined);
  /** Id of the message to go to; the timeline goes there and takes it away. */
  readonly goal = signal<Position | undefined>(undefined);

  constructor(port: ActionPort) {
    this.port = port;
  }

  /** Whether it is by somebody whom one blocks. */
  isBlocked(entry: Entry): boolean {
    return entry.from !== this.port.me && this.port.isBlocked(entry.from);
  }

  /** Shows a message although one blocks who said it, until one goes to another room. */
  unfold({ cid }: Entry): void {
    this.unfolded.value = new Set([...this.unfolded.peek(), cid]);
  }

  mayEdit(entry: Entry): boolean {
    return entry.from === this.port.me && this.port.maySay();
  }

  mayDelete(entry: Entry): boolean {
    return entry.from === this.port.me || this.port.mayDeleteOthers();
  }

  write(as: Writing["as"], entry: StoredEntry): void {
    this.writing.value = { as, entry };
  }

  /** The newest of one's own is edited, if there is one. */
  editLast(entries: readonly Entry[]): boolean {
    const last = entries.findLast((entry) => entry.from === this.port.me && isThere(entry));
    if (last === undefined || !isThere(last) || !this.mayEdit(last)) return false;
    this.write("edit", last);
    return true;
  }

  /** Adds one's own reaction, or takes it back if it is there. */
  toggle({ id, reactions }: StoredEntry, emoji: string): void {
    const isMine = reactions?.[emoji]?.includes(this.port.me) === true;
    this.#run(this.port.react(id, emoji, !isMine));
  }

  togglePin({ id, pinned }: StoredEntry): void {
    this.#run(this.port.pin(id, pinned === undefined));
  }

  markUnread({ id }: StoredEntry): void {
    this.#run(this.port.unread(id));
  }

  copyLink({ id }: StoredEntry): void {
    this.#run(this.#copy(this.port.addressOf(id), "The link is copied."));
  }

  copyText({ text }: Entry): void {
    this.#run(this.#copy(text, "The text is copied."));
  }

  async #copy(text: string, words: string): Promise<void> {
    // Missing on pages without https.
    const clipboard: Clipboard | undefined = navigator.clipboard;
    if (clipboard === undefined) {
      this.port.say(text);
      return;
    }
    await clipboard.writeText(text);
    this.port.say(words);
  }

  #run(done: Promise<void>): void {
    done.catch((error: unknown) => this.port.sayTrouble(error));
  }
}

/** Whether something can be done with it: it is stored, and not deleted. */
export function isThere(entry: Entry): entry is StoredEntry {
  return entry.state === "stored" && entry.id !== undefined && entry.deleted === undefined;
}
