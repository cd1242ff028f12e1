/** What the tutorial's routes need of the HTTP edge they stand in (port). */
import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Client, Session, SignedIn } from "#server/core/people/accounts.ts";

/** A request's surroundings; an edge may know more of it. */
export interface Env {
  readonly Bindings: HttpBindings;
}

export interface Door<E extends Env> {
  /** Whose request it is; rejects with `not-signed-in`, and `not-allowed` for a bot. */
  session(c: Context<E>): Promise<Session>;
  /** Where it comes from. */
  client(c: Context<E>): Client;
  /** The JSON body, of bounded size and depth; rejects with a `ChatError`. */
  body(c: Context<E>): Promise<unknown>;
  /** Ends the session in the cookie, and puts the new one there. */
  welcome(c: Context<E>, signedIn: SignedIn): Promise<void>;
  /** Takes the cookie away. */
  farewell(c: Context<E>): void;
  /** The answer itself, for a stream, and the headers of every answer. */
  response(c: Context<E>): ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
}
