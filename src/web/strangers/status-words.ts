/** How it stands, in words: for endings, stages, and who hears the page instead of seeing it. */
import type { Wait } from "#protocol/stranger.ts";
import type { Ended, Stage } from "#sdk/strangers/state.ts";
import type { Moment } from "./stranger-view.ts";

export const ENDINGS: Readonly<Record<Ended, string>> = {
  left: "The stranger has left.",
  skipped: "The stranger is looking for somebody else.",
  lost: "The stranger did not come back.",
  "timed-out": "The chat has ended, because it was silent for long or lasted as long as one may.",
  reported: "The stranger has reported you, and the chat has ended.",
  restarting: "The service was restarted, and the chat is lost.",
  "you-left": "You have left.",
  "you-blocked": "You have left. You two will not meet again while both of you stay.",
  "you-reported": "Thank you. Your report was sent, and you two will not meet again.",
  gone: "You were away too long, and the chat has ended.",
  unsafe: "The keys of this chat were tampered with, so it was ended.",
};

export const STAGES: Readonly<Record<Stage, string>> = {
  interests: "people who share your interests",
  language: "people who speak your language",
  anyone: "anyone",
};

export const WAITS: Readonly<Record<Wait, string>> = {
  "under-5-s": "Usually it takes less than 5 seconds.",
  "under-15-s": "Usually it takes less than 15 seconds.",
  longer: "Just now it takes longer than 15 seconds.",
};

/** One sentence about what is another now. */
export function statusOf({ state, isConnected }: Moment): string {
  switch (state.at) {
    case "searching":
      return `Looking among ${STAGES[state.stage]}.`;
    case "proving":
      return "Your browser is proving that it is no machine that floods this place.";
    case "matched":
      return "Somebody was found. Agreeing on keys.";
    case "talking":
      if (!isConnected) return "Reconnecting.";
      return `You are talking to ${state.pair.they.name}. ${sharedWords(state.pair.shared)}`;
    case "away":
      return "Connection lost. Waiting for the stranger to come back.";
    case "ended":
      return ENDINGS[state.reason];
    case "idle":
    case "entering":
    case "moved":
    case "refused":
      // Said by the screen itself.
      return "";
  }
}

/** "You both like tea and chess." */
export function sharedWords(shared: readonly string[]): string {
  if (shared.length === 0) return "";
  return `You both like ${new Intl.ListFormat("en").format(shared)}.`;
}
