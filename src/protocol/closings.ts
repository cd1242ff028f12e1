/** Why the server ends a connection; the range of the code says whether to come back. */

/**
 * 4000–4499: come back, after a moment. 4500–4999: do not come back by yourself. So a client that
 * is older than a code still does the right thing. (The split is Centrifugo's.)
 */
export const CLOSINGS = {
  /** The server is being stopped or restarted. */
  restarting: 4000,
  /** The client read too slowly; what it missed is recovered when it is back. */
  "too-slow": 4001,
  /** The session was ended, here or elsewhere. */
  "signed-out": 4500,
  /** Too many commands were malformed. */
  "too-many-mistakes": 4501,
  /** The user has too many connections open. */
  "too-many-connections": 4502,
} as const;

export type ClosingReason = keyof typeof CLOSINGS;

/** Sent before a connection is closed. */
export interface Closing {
  readonly reason: ClosingReason;
  readonly code: number;
  readonly reconnect: boolean;
}

export function closing(reason: ClosingReason): Closing {
  const code = CLOSINGS[reason];
  return { reason, code, reconnect: mayReconnect(code) };
}

/** Reasons after which a client stays away until its person does something. */
export type FinalReason = Exclude<ClosingReason, "restarting" | "too-slow">;

/** The reason, if it is one to stay away for. */
export function finalReason({ code, reason }: Closing): FinalReason | undefined {
  if (mayReconnect(code) || reason === "restarting" || reason === "too-slow") return undefined;
  return reason;
}

/** Also for codes this client has never heard of. */
export function mayReconnect(code: number): boolean {
  return code < 4500;
}
