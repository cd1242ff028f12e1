/** What the server says beside answers, each checked and under its name. */
import type { AwayNotice, EndedNotice, FrameNotice, OpenNotice, Pair } from "#protocol/stranger.ts";
import { readAway, readEnded, readFrameNotice, readOpen, readPair } from "./heard.ts";

export type StrangerNotice =
  | { readonly type: "matched"; readonly data: Pair }
  | { readonly type: "open"; readonly data: OpenNotice }
  | { readonly type: "frame"; readonly data: FrameNotice }
  | { readonly type: "away"; readonly data: AwayNotice }
  | { readonly type: "ended"; readonly data: EndedNotice }
  | { readonly type: "searchAgain" }
  | { readonly type: "moved" };

/** `undefined` for what is malformed, or newer than this client. */
export function readNotice(name: string, value: unknown): StrangerNotice | undefined {
  switch (name) {
    case "matched":
      return about(name, readPair(value));
    case "open":
      return about(name, readOpen(value));
    case "frame":
      return about(name, readFrameNotice(value));
    case "away":
      return about(name, readAway(value));
    case "ended":
      return about(name, readEnded(value));
    case "searchAgain":
    case "moved":
      return { type: name };
    default:
      return undefined;
  }
}

function about<Type, Data>(type: Type, data: Data | undefined) {
  return data === undefined ? undefined : { type, data };
}
