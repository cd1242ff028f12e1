/** Errors: one stable code each, its HTTP status, and words for people. */
export const ERRORS = {
  "bad-request": { status: 400, title: "That request makes no sense" },
  "not-signed-in": { status: 401, title: "Please sign in" },
  "wrong-credentials": { status: 401, title: "Wrong name or password" },
  "link-not-valid": { status: 401, title: "This link does not work" },
  suspended: { status: 403, title: "This account is suspended" },
  "wrong-password": { status: 403, title: "Wrong password" },
  "origin-refused": { status: 403, title: "This page may not talk to this server" },
  "not-allowed": { status: 403, title: "You may not do that" },
  blocked: { status: 403, title: "Nothing can be said in this chat" },
  muted: { status: 403, title: "You are muted in this room" },
  "invitation-needed": { status: 403, title: "You need an invitation" },
  "invitation-not-valid": { status: 403, title: "This invitation does not work" },
  "strangers-banned": { status: 403, title: "You may not meet strangers just now" },
  banned: { status: 403, title: "You are banned from this room" },
  "not-found": { status: 404, title: "There is nothing here" },
  "method-not-allowed": { status: 405, title: "That cannot be done here" },
  "too-slow": { status: 408, title: "That took too long" },
  "name-taken": { status: 409, title: "That name is taken" },
  archived: { status: 409, title: "This room is archived" },
  "ban-not-possible": { status: 409, title: "That network cannot be banned any more" },
  "last-owner": { status: 409, title: "There must be an owner" },
  "already-decided": { status: 409, title: "That has been decided" },
  "too-many-rooms": { status: 409, title: "Too many rooms" },
  "too-many-bots": { status: 409, title: "Too many bots" },
  "too-many-marks": { status: 409, title: "Too many of them" },
  "too-many-invitations": { status: 409, title: "Too many invitations" },
  "cid-reused": { status: 409, title: "That cid was used for another message" },
  "too-large": { status: 413, title: "That is too large" },
  "url-too-long": { status: 414, title: "That address is too long" },
  "unsupported-media-type": { status: 415, title: "Please send JSON" },
  "name-not-allowed": { status: 422, title: "That name cannot be used" },
  "password-not-allowed": { status: 422, title: "That password cannot be used" },
  "profile-not-allowed": { status: 422, title: "That profile cannot be used" },
  "picture-not-allowed": { status: 422, title: "That picture cannot be used" },
  "room-not-allowed": { status: 422, title: "That room cannot be made like this" },
  "callback-not-allowed": { status: 422, title: "That address cannot be called" },
  "message-not-allowed": { status: 422, title: "That message cannot be sent" },
  "report-not-allowed": { status: 422, title: "That report cannot be used" },
  "too-many-requests": { status: 429, title: "Too fast" },
  "headers-too-large": { status: 431, title: "Those headers are too large" },
  internal: { status: 500, title: "Something went wrong here" },
  busy: { status: 503, title: "Too much to do just now" },
  "strangers-closed": { status: 503, title: "No strangers can be met just now" },
  unavailable: { status: 503, title: "The chat cannot reach its memory just now" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An RFC 9457 problem, the body of every refused HTTP request (`application/problem+json`). */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  /** What happened and what to do, for the person. */
  readonly detail: string;
  /** Seconds to wait before another try makes sense; also sent as `Retry-After`. */
  readonly retryAfter?: number;
  /** With `muted`: when that is over, in seconds since 1970; absent if it has no end. */
  readonly until?: number;
}

/** The answer to a refused command: `{ error }` in place of the result. */
export interface CommandError {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfter?: number;
  /** With `muted`: when that is over, in seconds since 1970; absent if it has no end. */
  readonly until?: number;
}
