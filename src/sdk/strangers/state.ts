/** How it stands with strangers: one state at a time, each with what belongs to it. */
import type { Ending, Pair, SearchCommand, Wait } from "#protocol/stranger.ts";

/** Whom one looks for. */
export type Search = Omit<SearchCommand, "proof">;

/** Among whom somebody is looked for just now; each lasts some seconds, then the next begins. */
export type Stage = "interests" | "language" | "anyone";

export type StrangerState =
  /** Nothing goes on, and there is no connection. */
  | { readonly at: "idle" }
  /** Connecting; `tries` have failed so far. */
  | { readonly at: "entering"; readonly tries: number }
  /** Working off a challenge, before one may search; `done` from 0 to 1 is a guess. */
  | { readonly at: "proving"; readonly done: number }
  | { readonly at: "searching"; readonly stage: Stage; readonly wait?: Wait }
  /** Somebody was found, or found again; keys are being exchanged. */
  | { readonly at: "matched"; readonly pair: Pair }
  | { readonly at: "talking"; readonly pair: Pair }
  /** The other one's connection is lost; they have until then, in milliseconds since 1970. */
  | { readonly at: "away"; readonly pair: Pair; readonly until: number }
  | { readonly at: "ended"; readonly pair: Pair; readonly reason: Ended }
  /** The chat goes on in another tab. */
  | { readonly at: "moved" }
  | Refused;

/**
 * An ending as the server tells it, or: one left, blocked or reported oneself; `gone`: one was away
 * too long oneself; `unsafe`: somebody between the two tampered with their keys.
 */
export type Ended = Ending | "you-left" | "you-blocked" | "you-reported" | "gone" | "unsafe";

export interface Refused {
  readonly at: "refused";
  /** `insecure`: this browser encrypts only on pages that came over https. */
  readonly why: "banned" | "closed" | "insecure" | "other";
  /** In words for the person. */
  readonly detail: string;
  /** With `banned`: until then, in seconds since 1970. */
  readonly until?: number;
}

/** Whether a chat goes on, even if nothing can be said in it just now. */
export function isMeeting({ at }: StrangerState): boolean {
  return at === "matched" || at === "talking" || at === "away";
}

/** A line as it is shown. */
export interface ShownLine {
  readonly id: string;
  readonly from: "you" | "they";
  readonly text: string;
  /** By this device's clock, in milliseconds since 1970. */
  readonly at: number;
  /** Of own lines. `sent`: on its way; `delivered`: the other page has shown it. */
  readonly state?: "sending" | "sent" | "delivered";
}

/** Milliseconds after which the search goes on among those who speak the language, then all. */
const LANGUAGE_AFTER_MS = 5_000;
const ANYONE_AFTER_MS = 12_000;

/** What is searched among, from which moment on, in milliseconds after the beginning. */
export function stagesOf({
  interests,
  language,
  onlyInterests,
}: Search): readonly (readonly [afterMs: number, stage: Stage])[] {
  const hasInterests = interests.length > 0;
  if (onlyInterests && hasInterests) return [[0, "interests"]];
  const first = hasInterests ? LANGUAGE_AFTER_MS : 0;
  return [
    ...(hasInterests ? ([[0, "interests"]] as const) : []),
    ...(language === "any"
      ? ([[first, "anyone"]] as const)
      : ([
          [first, "language"],
          [ANYONE_AFTER_MS, "anyone"],
        ] as const)),
  ];
}
