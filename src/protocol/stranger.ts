/**
 * Strangers: the commands and events of the Socket.IO namespace `/strangers`, where two people who
 * share nothing are paired. Needs no account and knows of none.
 */
import type { Closing } from "./closings.ts";
import type { Ack } from "./commands.ts";

/** Bytes, as base64url without padding. */
export type Base64 = string;

/** One of the two ends of a pair: 0 waited longer. */
export type Role = 0 | 1;

/** First command of a connection. Without a token, or with one that is over, one is somebody new. */
export interface EnterCommand {
  /** One has read what this is, and is 18 or older. */
  readonly adult: true;
  /** From the last answer to `enter`, of this tab; each works once, so keep the newest. */
  readonly token?: string;
}

export interface EnterResult {
  /** Comes back to the same chat within 20 seconds, over any server. Only in the tab's memory. */
  readonly token: string;
  /** The chat one is still in; `open` follows when both are there. */
  readonly pair?: Pair;
}

/**
 * Look for somebody; in a chat, end it first (`skipped`). Repeated while waiting it changes what is
 * looked for and keeps one's place.
 */
export interface SearchCommand {
  /** Up to five, each up to 30 characters; compared without case. */
  readonly interests: readonly string[];
  /** One of `LANGUAGES`, or `any`. */
  readonly language: string;
  /** Nobody else but who shares one of the interests. */
  readonly onlyInterests?: true;
  readonly proof?: Proof;
}

/**
 * `waiting`: `matched` follows. `proof`: this network asks for much just now; solve the challenge
 * and search again.
 */
export type SearchResult =
  | { readonly state: "waiting"; readonly wait?: Wait }
  | { readonly state: "proof"; readonly challenge: Challenge };

/** How long people usually wait just now; absent when too few have been paired to say. */
export type Wait = "under-5-s" | "under-15-s" | "longer";

/** Find a number whose SHA-256 after `nonce` and `.` begins with so many zero bits. */
export interface Challenge {
  readonly nonce: string;
  readonly bits: number;
}

export interface Proof {
  readonly nonce: string;
  /** The number, in decimal digits. */
  readonly answer: string;
}

/** Stop looking. */
export type StopCommand = Readonly<Record<string, never>>;

/** End the chat: the other one sees `left`. */
export interface EndCommand {
  readonly pair: string;
}

/** End the chat, and never be paired with this one again as long as both stay. */
export type BlockCommand = EndCommand;

/** Pass this on to the other one; answered when it is on its way. */
export interface RelayCommand {
  readonly pair: string;
  readonly frame: Frame;
}

/** With a line: what proves later that it was said here (franking). */
export interface RelayResult {
  readonly stamp?: Stamp;
}

/**
 * What one end sends the other; the server reads the outside only. `epoch` is that of the last
 * `open`.
 */
export type Frame =
  /** Role 0 first: SHA-256 of the public key it is about to show. */
  | { readonly kind: "commit"; readonly epoch: number; readonly digest: Base64 }
  /** Role 1 after the commitment, then role 0: a fresh P-256 public key, 65 bytes uncompressed. */
  | { readonly kind: "key"; readonly epoch: number; readonly key: Base64 }
  | SealedFrame;

/** Encrypted from end to end: a multiple of 256 bytes and the 16 of AES-GCM's tag. */
export interface SealedFrame {
  readonly kind: "line" | "ack" | "typing";
  readonly epoch: number;
  /** Counts up from 0 for each direction and epoch; also the nonce. */
  readonly seq: number;
  readonly box: Base64;
  /** With a line: HMAC-SHA-256 of its padded text under a key that lies inside. */
  readonly mark?: Base64;
}

/** The server's word that this mark passed through this chat, from this end, at this time. */
export interface Stamp {
  /** In seconds since 1970. */
  readonly at: number;
  /** HMAC-SHA-256 under a key that the servers forget after 48 hours. */
  readonly mac: Base64;
}

/** Why somebody is reported. */
export const STRANGER_REPORT_REASONS = [
  "minor",
  "threat",
  "sexual",
  "hate",
  "spam",
  "other",
] as const;
export type StrangerReportReason = (typeof STRANGER_REPORT_REASONS)[number];

/**
 * Report the other one, also up to a minute after the end. Ends and blocks. What is said here is
 * all that anybody keeps: nothing without the reporter's choice.
 */
export interface ReportCommand {
  readonly pair: string;
  readonly reason: StrangerReportReason;
  /** What the reporter's page shows and they agreed to give; newest last, up to 30 lines. */
  readonly excerpt: readonly FrankedLine[];
}

/** A line with what opens its mark. */
export interface FrankedLine {
  readonly from: Role;
  /** The padded plaintext as it was sealed: the text and the opening key are inside. */
  readonly plain: Base64;
  readonly mark: Base64;
  readonly stamp: Stamp;
}

/** A chat of two strangers, as one of them sees it. */
export interface Pair {
  /** 128 random bits; also the salt of the keys. */
  readonly id: string;
  readonly role: Role;
  /** Names and colours are made for this chat and say nothing of anyone. */
  readonly you: Mask;
  readonly they: Mask;
  /** Only what both look for, in one's own spelling. */
  readonly shared: readonly string[];
}

export interface Mask {
  readonly name: string;
  /** A hue in degrees, 0 to 359. */
  readonly hue: number;
}

/** Both are there: exchange keys, then talk. A later `open` has a higher epoch and new keys. */
export interface OpenNotice {
  readonly pair: string;
  readonly epoch: number;
}

export interface FrameNotice {
  readonly pair: string;
  readonly frame: Frame;
  readonly stamp?: Stamp;
}

/** The other one's connection is lost; they have until then, in milliseconds from now. */
export interface AwayNotice {
  readonly pair: string;
  readonly forMs: number;
}

/**
 * `left`: they ended it. `skipped`: they looked for somebody else. `lost`: they did not come back.
 * `timed-out`: nobody said anything for long, or it lasted as long as one may. `reported`: they
 * reported you. `restarting`: the service lost it.
 */
export type Ending = "left" | "skipped" | "lost" | "timed-out" | "reported" | "restarting";

export interface EndedNotice {
  readonly pair: string;
  readonly reason: Ending;
}

export interface StrangerToServer {
  enter: (command: EnterCommand, ack: Ack<EnterResult>) => void;
  search: (command: SearchCommand, ack: Ack<SearchResult>) => void;
  stop: (command: StopCommand, ack: Ack<Record<string, never>>) => void;
  relay: (command: RelayCommand, ack: Ack<RelayResult>) => void;
  end: (command: EndCommand, ack: Ack<Record<string, never>>) => void;
  block: (command: BlockCommand, ack: Ack<Record<string, never>>) => void;
  report: (command: ReportCommand, ack: Ack<Record<string, never>>) => void;
}

export interface ServerToStranger {
  matched: (pair: Pair) => void;
  open: (notice: OpenNotice) => void;
  frame: (notice: FrameNotice) => void;
  away: (notice: AwayNotice) => void;
  ended: (notice: EndedNotice) => void;
  /** The server lost the search: search again. Only after Redis was restarted or full. */
  searchAgain: (notice: Readonly<Record<string, never>>) => void;
  /** This tab's chat goes on in another one, to which its token was copied. */
  moved: (notice: Readonly<Record<string, never>>) => void;
  /** The server is about to close this connection, and why. */
  closing: (why: Closing) => void;
}

/** Languages one can look for: ISO 639-1. */
export const LANGUAGES = [
  "ar", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it",
  "ja", "ko", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "sw", "ta", "th", "tr",
  "uk", "ur", "vi", "zh",
] as const; // prettier-ignore

/** `GET /api/strangers`: whether one can be met here, for everybody. */
export interface StrangersResult {
  readonly open: boolean;
  /** Why not, in words. */
  readonly reason?: string;
}

/** `GET /api/admin/strangers`. Numbers only; nobody can be found in them. */
export interface StrangerFigures {
  /** What the operator chose. */
  readonly open: boolean;
  readonly reason?: string;
  readonly waiting: number;
  readonly talking: number;
  /** Over the last 50 pairs, in milliseconds; absent when there were fewer than five. */
  readonly waitP50?: number;
  readonly waitP95?: number;
  /** Over the last 24 hours. */
  readonly pairs: number;
  readonly ends: Readonly<Partial<Record<Ending, number>>>;
  readonly openReports: number;
  readonly bans: number;
}

/** `PUT /api/admin/strangers`; the answer is that of `GET`. */
export interface StrangersChange {
  /** `false` ends all chats and searches, on all servers, and lets nobody in. */
  readonly open: boolean;
}

/** `GET /api/admin/strangers/reports`: open ones, those of minors and threats first. */
export interface StrangerReportsResult {
  readonly reports: readonly StrangerReport[];
}

export interface StrangerReport {
  readonly id: string;
  readonly reason: StrangerReportReason;
  /** In seconds since 1970. */
  readonly at: number;
  readonly excerpt: readonly {
    readonly by: "reported" | "reporter";
    readonly text: string;
    readonly at: number;
  }[];
  /** Whether their network can still be banned; the trace is forgotten after a while. */
  readonly canBan: boolean;
}

/** `POST /api/admin/strangers/reports/:id`. */
export interface StrangerVerdict {
  readonly verdict: "dismiss" | "ban";
  /** With `ban`: 1 to 7. */
  readonly days?: number;
}

/** `GET /api/admin/strangers/bans`; `DELETE …/:id` lifts one. */
export interface StrangerBansResult {
  readonly bans: readonly {
    readonly id: string;
    readonly until: number;
    readonly reason: StrangerReportReason;
  }[];
}
