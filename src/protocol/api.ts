/** Bodies of the REST API. */
import type { Call, Message } from "./message.ts";
import type { Person, Role } from "./person.ts";
import type { Position } from "./position.ts";

/** `POST /api/accounts` and `POST /api/session`. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** `PUT /api/me/password`: answered 204; all other sessions of the person end. */
export interface PasswordChange {
  readonly current: string;
  readonly password: string;
}

/** The answer to accounts and sessions, and to `GET /api/me`. */
export interface Me extends Person {
  readonly role: Role;
}

/**
 * `GET /api/rooms/:id/messages?before=&after=&around=&limit=`: newest page first, oldest first
 * inside it.
 */
export interface HistoryPage {
  readonly messages: readonly Message[];
  /** Pass as `before` for the page before this one; absent at the beginning of the room. */
  readonly before?: Position;
  /** Pass as `after` for the page after this one; absent at the end. */
  readonly after?: Position;
  readonly people: readonly Person[];
}

/** `PATCH /api/rooms/:id/messages/:message`; answered with `ChangeResult`, as is `DELETE`. */
export interface EditedMessage {
  readonly message: string;
}

/** `POST /api/rooms/:id/messages`; answered with `SendResult`. */
export interface NewMessage {
  readonly cid: string;
  readonly message: string;
  readonly replyTo?: Position;
  readonly calls?: Call;
}

/** `GET /api/rooms/:id/pins`: newest first. */
export interface PinsResult {
  readonly messages: readonly Message[];
  readonly people: readonly Person[];
}
