/** The guard: who sends a request, from where, and whether that page may. */
import type { Context } from "hono";
import type { HttpBindings } from "@hono/node-server";
import type { Accounts, Client, Session } from "#server/core/people/accounts.ts";
import type { Need } from "#server/core/people/scopes.ts";
import { mustBeAllowed } from "#server/core/people/scopes.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { readCookie } from "./cookie.ts";
import type { Whence } from "./origin.ts";
import { clientAddress, isOwnOrigin } from "./origin.ts";
import type { Telling } from "./operation.ts";
import { refuse } from "./problem.ts";

/** Whose request it was found to be, and when, by `performance.now()`. */
interface Asked {
  readonly session: Session;
  readonly atMs: number;
}

export interface Guarded extends Telling {
  readonly Bindings: HttpBindings;
  readonly Variables: Telling["Variables"] & { asked?: Asked };
}

/** An answer that takes longer goes only to who may still have it. */
const LATE_MS = 500;

export type Request = Context<Guarded>;

export class Guard {
  readonly #accounts: Accounts;
  readonly #whence: Whence;
  readonly isHttps: boolean;

  constructor(accounts: Accounts, whence: Whence) {
    this.#accounts = accounts;
    this.#whence = whence;
    this.isHttps = whence.publicOrigins.some((origin) => origin.startsWith("https:"));
  }

  /**
   * Refuses an unsafe request of a foreign page. Browsers always name the origin of one; programs
   * need not.
   */
  checkOrigin(c: Request): void {
    const origin = c.req.header("Origin");
    const isCookie = bearer(c) === undefined && this.#cookie(c) !== undefined;
    if (origin === undefined && !isCookie) return;
    if (origin !== undefined && isOwnOrigin(origin, c.req.header("Host"), this.#whence)) return;
    throw refuse(
      "origin-refused",
      "This request does not come from a page of this server. If people open it under another address, " +
        "its operator sets PUBLIC_URL.",
    );
  }

  /** Where this Klatch is found, as people open it, or as this request did. */
  ownAddress(c: Request): string {
    const [first] = this.#whence.publicOrigins;
    return first ?? `http://${c.req.header("Host") ?? ""}`;
  }

  /** Where a request comes from. */
  client(c: Request): Client {
    const peer = c.env.incoming.socket.remoteAddress;
    const forwarded = c.req.header("X-Forwarded-For");
    return {
      address: clientAddress(peer, forwarded, this.#whence.trustedProxies),
      userAgent: c.req.header("User-Agent"),
    };
  }

  /**
   * The session of a request, or the refusal `not-signed-in`; or `not-allowed` for a bot whose token
   * was not made for this. A route that does not say what it needs is for people.
   */
  async session(c: Request): Promise<Session> {
    const atMs = performance.now();
    const token = bearer(c) ?? this.#cookie(c);
    const session = token === undefined ? undefined : await this.#accounts.resolve(token);
    if (session !== undefined) {
      mustBeAllowed(session, needOf(c));
      c.set("asked", { session, atMs });
      return session;
    }
    throw new ChatError("not-signed-in", "Please sign in first; your last session has ended.");
  }

  /**
   * Refuses what was read for somebody who has been signed out since, or is no admin any more. Only
   * where Redis was slow: else the session was looked up a moment ago. Streams see to it themselves.
   */
  async checkLate(c: Request): Promise<void> {
    const asked = c.get("asked");
    const isStream = c.res.headers.get("Content-Type")?.startsWith("text/event-stream") ?? false;
    if (asked === undefined || !c.res.ok || isStream) return;
    if (performance.now() - asked.atMs < LATE_MS) return;
    const before = asked.session.role;
    try {
      const { role } = await this.session(c);
      if (role !== before) throw new ChatError("not-allowed", "You may not see this any more.");
    } catch (error) {
      // Else the headers of what is not given would go with the refusal.
      c.res = undefined;
      throw error;
    }
  }

  /**
   * Ends the session in the cookie, which is about to be replaced: nobody could end it afterwards.
   */
  async endReplaced(c: Request): Promise<void> {
    const token = this.#cookie(c);
    const session = token === undefined ? undefined : await this.#accounts.resolve(token);
    if (session !== undefined) await this.#accounts.signOut(session);
  }

  #cookie(c: Request): string | undefined {
    return readCookie(c.req.header("Cookie"), this.isHttps);
  }
}

function needOf(c: Request): Need {
  const access = c.get("operation")?.access ?? "people";
  return access === "public" ? "people" : access;
}

function bearer(c: Request): string | undefined {
  return /^Bearer (?<token>\S+)$/iu.exec(c.req.header("Authorization") ?? "")?.groups?.["token"];
}
