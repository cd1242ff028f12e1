/** Accounts: registering, signing in and out. */
import type { Me } from "#protocol/api.ts";
import type { Person } from "#protocol/person.ts";
import { LIMITS } from "#protocol/limits.ts";
import { passwordProblem } from "#protocol/password.ts";
import { canonicalUsername, parseUsername } from "#protocol/username.ts";
import type { AccountStore } from "./account-store.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { SessionId, SessionOwner, SessionStore } from "./session-store.ts";
import type { Rate, Throttle } from "#server/core/throttle.ts";
import {
  ACCOUNTS_PER_ADDRESS,
  SIGN_IN_PER_ACCOUNT,
  SIGN_IN_PER_ADDRESS,
} from "#server/core/throttle.ts";

/** Hashing is slow on purpose and queued; both throw `busy` when too many wait. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /**
   * With no hash it takes the same time and is false, so that an unknown name is not betrayed by
   * speed.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>;
  /** Whether everybody tries this one first. */
  isCommon(password: string): boolean;
}

export interface Tokens {
  /** 256 random bits, base64url. */
  create(): string;
  digest(token: string): SessionId;
}

/** Who acts, and by which session; `role` as it was when the session was looked up. */
export interface Session extends SessionOwner {
  readonly id: SessionId;
}

export interface SignedIn {
  readonly user: Me;
  /** Given to the client once; only its digest is kept. */
  readonly token: string;
}

interface Parts {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly throttle: Throttle;
  readonly hasher: PasswordHasher;
  readonly tokens: Tokens;
}

export class Accounts {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Makes an account and signs it in. `address` is where the request came from, for the throttle.
   */
  async register(username: string, password: string, address: string): Promise<SignedIn> {
    const { accounts, hasher } = this.#parts;
    const name = parseUsername(username);
    if (!name.ok) throw new ChatError("name-not-allowed", name.problem);
    this.#mustBeGood(password, name.canonical);
    await this.#allow(`register:${address}`, ACCOUNTS_PER_ADDRESS, "accounts from your address");
    if (await accounts.isTaken(name.canonical)) throw nameTaken(name.display);
    const user = await accounts.create(name.canonical, name.display, await hasher.hash(password));
    if (user === undefined) throw nameTaken(name.display);
    return this.#newSession(user, undefined);
  }

  /**
   * A new session for the right name and password; an unknown name answers as a wrong password
   * does.
   */
  async signIn(username: string, password: string, address: string): Promise<SignedIn> {
    const { accounts, hasher, throttle } = this.#parts;
    const canonical = canonicalUsername(username);
    const perAccount = `sign-in:name:${this.#parts.tokens.digest(canonical)}`;
    await this.#allow(`sign-in:address:${address}`, SIGN_IN_PER_ADDRESS, "tries to sign in");
    await this.#allow(perAccount, SIGN_IN_PER_ACCOUNT, "tries to sign in");
    const account = await accounts.find(canonical);
    const right = await hasher.verify(password, account?.passwordHash);
    if (account === undefined || !right) {
      throw wrongCredentials();
    }
    await throttle.clear(perAccount);
    const { passwordHash, ...user } = account;
    return this.#newSession(user, passwordHash);
  }

  /**
   * Sets another password for who knows the present one; all their other sessions end, everywhere.
   * Throws `wrong-credentials`, `password-not-allowed` or `too-many-requests`, and then nothing has
   * changed.
   */
  async changePassword({ id: keep, user }: Session, current: string, next: string): Promise<void> {
    const { accounts, hasher, sessions, throttle } = this.#parts;
    this.#mustBeGood(next, canonicalUsername(user.username));
    const subject = `password:${user.id}`;
    await this.#allow(subject, SIGN_IN_PER_ACCOUNT, "tries to change the password");
    const from = await accounts.passwordHash(user.id);
    if (from === undefined || !(await hasher.verify(current, from))) {
      throw new ChatError("wrong-password", "That is not your present password.");
    }
    const to = await hasher.hash(next);
    if (!(await sessions.changePassword(user.id, { from, to, keep }))) {
      throw new ChatError("wrong-password", "Your password has just been changed elsewhere.");
    }
    await throttle.clear(subject);
  }

  /** Whose token this is; `undefined` if it is none, or none any more. Renews the session. */
  async resolve(token: string): Promise<Session | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const id = this.#parts.tokens.digest(token);
    const owner = await this.#parts.sessions.touch(id);
    return owner && { id, ...owner };
  }

  /** People whose name begins like this, whatever its capitals; nobody for nothing. */
  async search(beginning: string): Promise<readonly Person[]> {
    const canonical = canonicalUsername(beginning);
    if (canonical === "") return [];
    return this.#parts.accounts.search(canonical, LIMITS.peopleFoundMax);
  }

  /** Ends the session everywhere; its sockets close on every server. */
  async signOut(session: Pick<Session, "id" | "user">): Promise<void> {
    await this.#parts.sessions.end(session.id, session.user.id);
  }

  #mustBeGood(password: string, canonical: string): void {
    const problem = passwordProblem(password) ?? this.#guessable(password, canonical);
    if (problem !== undefined) throw new ChatError("password-not-allowed", problem);
  }

  #guessable(password: string, canonical: string): string | undefined {
    const folded = canonicalUsername(password);
    if (folded === canonical || folded === "klatch") return "The password must not be the name.";
    if (!this.#parts.hasher.isCommon(password)) return undefined;
    return "That password is one of the first that anybody would try. Please choose another.";
  }

  async #allow(subject: string, rate: Rate, what: string): Promise<void> {
    const waitMs = await this.#parts.throttle.take(subject, rate);
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new ChatError(
      "too-many-requests",
      `Too many ${what}. Please wait ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
      waitMs,
    );
  }

  async #newSession(user: Me, passwordHash: string | undefined): Promise<SignedIn> {
    const { sessions, tokens } = this.#parts;
    const token = tokens.create();
    // The password that was right a moment ago may have been changed, and every session ended,
    // since.
    const isMade = await sessions.create(tokens.digest(token), user.id, passwordHash);
    if (!isMade) throw wrongCredentials();
    return { user, token };
  }
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/u;

function wrongCredentials(): ChatError {
  return new ChatError(
    "wrong-credentials",
    "The name or the password is wrong. Please check both and try again.",
  );
}

function nameTaken(name: string): ChatError {
  return new ChatError("name-taken", `The name ${name} is taken. Please choose another.`);
}
