/** What the page of strangers shows, as signals; all of it in memory. */
import { LANGUAGES } from "#protocol/stranger.ts";
import type { StrangerReportReason } from "#protocol/stranger.ts";
import type { ShownLine, StrangerState } from "#sdk/strangers/state.ts";
import { isMeeting } from "#sdk/strangers/state.ts";
import type { Strangers } from "#sdk/strangers/strangers.ts";
import { signal } from "@preact/signals";
import { chime, flashTitle, wantsCalm } from "./device/attention.ts";

/** How everything stands at one moment. */
export interface Moment {
  readonly state: StrangerState;
  readonly lines: readonly ShownLine[];
  readonly isTheyTyping: boolean;
  readonly phrase: readonly string[];
  /** Lines that came and were not shown. */
  readonly dropped: number;
  readonly reportable: readonly string[];
  readonly isConnected: boolean;
}

export class StrangerView {
  /** Whether one has read what this is, and is an adult. */
  readonly hasAgreed = signal(false);
  readonly moment;
  readonly interests = signal<readonly string[]>([]);
  readonly language = signal(ownLanguage());
  readonly onlyInterests = signal(false);
  readonly sound = signal(!wantsCalm());
  readonly filter = signal(true);
  readonly autoNext = signal(false);
  /** Since when one waits to be asked again whether one really wants to end it. */
  readonly isAsking = signal(false);
  /** Id of the first line that came while nobody looked. */
  readonly unreadFrom = signal<string | undefined>(undefined);
  readonly #strangers: Strangers;
  /** Whether one has said whom to look for: that is forgotten with the page. */
  #hasChosen = false;

  constructor(strangers: Strangers) {
    this.#strangers = strangers;
    this.moment = signal(momentOf(strangers));
    strangers.onChange(() => this.#changed());
  }

  /** Comes back to the chat that this tab was in, if there was one. */
  begin(): void {
    if (this.#strangers.resume()) this.hasAgreed.value = true;
  }

  /** Looks for what was chosen just now. */
  start(): void {
    this.#hasChosen = true;
    this.search();
  }

  /** Looks for somebody else, as before; a page that was loaded again asks for whom first. */
  search(): void {
    this.isAsking.value = false;
    if (!this.#hasChosen) {
      this.#strangers.end();
      this.#strangers.dismiss();
      return;
    }
    const interests = this.interests.peek();
    this.#strangers.search({
      interests,
      language: this.language.peek(),
      ...(this.onlyInterests.peek() && interests.length > 0 && { onlyInterests: true }),
    });
  }

  stop(): void {
    this.#strangers.stop();
  }

  end(): void {
    this.isAsking.value = false;
    this.#strangers.end();
  }

  block(): void {
    this.#strangers.block();
  }

  /** Which of these lines fit into one report: the newest. */
  fitting(ids: ReadonlySet<string>): ReadonlySet<string> {
    return this.#strangers.talk?.fitting(ids) ?? new Set();
  }

  /** Rejects with words for the person. */
  report(reason: StrangerReportReason, ids: ReadonlySet<string>): Promise<void> {
    return this.#strangers.report(reason, ids);
  }

  /** Throws KlatchError with words for the person. */
  say(text: string): void {
    this.#strangers.say(text);
    this.unreadFrom.value = undefined;
  }

  typing(isTyping: boolean): void {
    this.#strangers.typing(isTyping);
  }

  /** Back to choosing whom to look for; nothing of the chat stays. */
  dismiss(): void {
    this.#strangers.dismiss();
  }

  #changed(): void {
    const before = this.moment.peek();
    const after = momentOf(this.#strangers);
    this.#call(before, after);
    this.moment.value = after;
    if (!isMeeting(after.state)) this.isAsking.value = false;
  }

  /** Calls one back to the page for what one would not want to miss. */
  #call(before: Moment, after: Moment): void {
    const isNew = after.state.at === "talking" && before.state.at === "matched";
    const last = after.lines.at(-1);
    const isHeard = last?.from === "they" && last.id !== before.lines.at(-1)?.id;
    if (after.lines.length === 0) this.unreadFrom.value = undefined;
    else if (isHeard && document.hidden) this.unreadFrom.value ??= last.id;
    if (!isNew && !(isHeard && document.hidden)) return;
    flashTitle(isNew ? "● Somebody is here" : "● Something was said");
    if (this.sound.peek()) chime();
  }
}

function momentOf(strangers: Strangers): Moment {
  const { state, talk, isConnected } = strangers;
  return {
    state,
    isConnected,
    lines: talk?.lines ?? [],
    isTheyTyping: talk?.isTheyTyping ?? false,
    phrase: talk?.phrase ?? [],
    dropped: talk?.dropped ?? 0,
    reportable: talk?.reportable ?? [],
  };
}

/** The browser's, if it can be looked for. */
function ownLanguage(): string {
  const [code = ""] = navigator.language.toLowerCase().split("-");
  return LANGUAGES.find((each) => each === code) ?? "any";
}
