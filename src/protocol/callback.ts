/** Callbacks: what a bot is told when somebody speaks to it, and what it may answer. */
import type { Message } from "./message.ts";
import type { Person } from "./person.ts";
import type { RoomKind } from "./room.ts";

/**
 * Posted as JSON to a bot's callback when a message names it in a room it is in, and for every
 * message in a private chat with it. The header `Klatch-Signature` is `t=SECONDS,v1=HEX`: the
 * HMAC-SHA256, under the secret that was told, of the seconds, a dot, and the body.
 */
export interface CallbackBody {
  readonly type: "message";
  readonly room: { readonly id: string; readonly kind: RoomKind; readonly name: string };
  /** A call can come twice; room and message id say whether it did. */
  readonly message: Message;
  /** Who said it. */
  readonly person: Person;
}

/** The answer, if it has one; `text` is said as the bot's reply, if its scopes hold `write`. */
export interface CallbackAnswer {
  readonly text?: string;
}
