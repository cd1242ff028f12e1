/** Accounts: registering, signing in and out. */
import type { PeopleNews } from "./people-news.ts";
import type { Me } from "#protocol/api.ts";
import type { Person } from "#protocol/person.ts";
import { LIMITS } from "#protocol/limits.ts";
import { passwordProblem } from "#protocol/password.ts";
import { canonicalUsername, parseUsername } from "#protocol/username.ts";
import type { AccountStore } from "./account-store.ts";
import { accessOwn } from "#server/core/access/person-access.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { deviceName } from "./device.ts";
import type { Joining } from "./joining.ts";
import type { LinkStore } from "./link-store.ts";
import type { SessionId, SessionOrigin, SessionOwner, SessionStore } from "./session-store.ts";
import { suspended } from "./standing.ts";
import type { StandingStore } from "./standing-store.ts";
import type { Rate, Throttle } from "#server/core/throttle.ts";
import {
  ACCOUNTS_PER_ADDRESS,
  SIGN_IN_PER_ACCOUNT,
  SIGN_IN_PER_ADDRESS,
  mustBeSlower,
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

/** SHA-256 of a token, hex. */
export type Digest = string;

export interface Tokens {
  /** 256 random bits, base64url. */
  create(): string;
  digest(token: string): Digest;
}

/** Who acts, and by which session; `role` as it was when the session was looked up. */
export interface Session extends SessionOwner {
  readonly id: SessionId;
}

/** Who wants an account. */
export interface Registrant {
  readonly username: string;
  readonly password: string;
  /** The token of an invitation. */
  readonly invitation?: string | undefined;
}

/** Where a request to sign in comes from. */
export interface Client {
  /** For the throttle. */
  readonly address: string;
  /** As the program calls itself; anything may stand there. */
  readonly userAgent?: string | undefined;
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
  /** Without it nobody is suspended. */
  readonly standing?: Pick<StandingStore, "suspension">;
  /** Without it everybody may register. */
  readonly joining?: Pick<Joining, "admit">;
  /** Without it no link signs anybody in. */
  readonly links?: Pick<LinkStore, "owner">;
  /** Without it nobody is told who is new. */
  readonly news?: Pick<PeopleNews, "came">;
}

export class Accounts {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Makes an account and signs it in. Throws, among others, `invitation-needed` and
   * `invitation-not-valid`.
   */
  async register(
    { username, password, invitation }: Registrant,
    client: Client,
  ): Promise<SignedIn> {
    const { accounts, hasher, joining } = this.#parts;
    const name = parseUsername(username);
    if (!name.ok) throw new ChatError("name-not-allowed", name.problem);
    this.#mustBeGood(password, name.canonical);
    await this.#allow(
      `register:${client.address}`,
      ACCOUNTS_PER_ADDRESS,
      "accounts from your address",
    );
    const admission = await joining?.admit(invitation);
    if (await accounts.isTaken(name.canonical)) throw nameTaken(name.display);
    const hash = await hasher.hash(password);
    const user = await accounts.create(name.canonical, name.display, hash, admission);
    if (user === undefined) throw nameTaken(name.display);
    this.#parts.news?.came(user.id);
    return this.#newSession(user, client);
  }

  /**
   * A new session for the right name and password; an unknown name answers as a wrong password
   * does.
   */
  async signIn(username: string, password: string, client: Client): Promise<SignedIn> {
    const { accounts, hasher, throttle } = this.#parts;
    const canonical = canonicalUsername(username);
    const perAccount = `sign-in:name:${this.#parts.tokens.digest(canonical)}`;
    await this.#allow(`sign-in:address:${client.address}`, SIGN_IN_PER_ADDRESS, "tries to sign in");
    await this.#allow(perAccount, SIGN_IN_PER_ACCOUNT, "tries to sign in");
    const account = await accounts.find(canonical, username);
    const right = await hasher.verify(password, account?.passwordHash);
    if (account === undefined || !right) {
      throw wrongCredentials();
    }
    await throttle.clear(perAccount);
    const { passwordHash, ...user } = account;
    return this.#newSession(user, client, { passwordHash });
  }

  /**
   * A new session for who holds a good link, which is used up. Unknown, used, expired and revoked
   * ones are answered alike.
   */
  async signInByLink(token: string, client: Client): Promise<SignedIn> {
    const { links, tokens } = this.#parts;
    await this.#allow(`sign-in:address:${client.address}`, SIGN_IN_PER_ADDRESS, "tries to sign in");
    const link = tokens.digest(token);
    const user = await links?.owner(link);
    if (user === undefined) throw linkNotValid();
    const signedIn = await this.#trySession(user, client, { link });
    if (signedIn === undefined) throw linkNotValid();
    return signedIn;
  }

  /**
   * Sets another password for who knows the present one; all their other sessions end, everywhere.
   * Throws `wrong-credentials`, `password-not-allowed` or `too-many-requests`, and then nothing has
   * changed.
   */
  async changePassword({ id: keep, user }: Session, current: string, next: string): Promise<void> {
    const { accounts, hasher, sessions, throttle } = this.#parts;
    this.#mustBeGood(next, canonicalUsername(user.username));
    const own = accessOwn(user);
    const subject = `password:${user.id}`;
    await this.#allow(subject, SIGN_IN_PER_ACCOUNT, "tries to change the password");
    const from = await accounts.passwordHash(own);
    if (from === undefined || !(await hasher.verify(current, from))) {
      throw new ChatError("wrong-password", "That is not your present password.");
    }
    const to = await hasher.hash(next);
    if (!(await sessions.changePassword(own, { from, to, keep }))) {
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

  /** Whether nobody has this name, nor had it until lately. */
  async isFree(username: string): Promise<boolean> {
    return !(await this.#parts.accounts.isTaken(canonicalUsername(username)));
  }

  /** Whether there is such a person, or bot; who deleted their account is not. */
  async isThere(user: number): Promise<boolean> {
    const [person] = await this.#parts.accounts.people([user]);
    return person !== undefined && person.deleted !== true;
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

  /** Why there is no session for the right password. */
  async #refusal(user: Person, passwordHash: string | undefined): Promise<ChatError> {
    const { accounts, standing } = this.#parts;
    const own = accessOwn(user);
    const suspension = await standing?.suspension(own);
    // Only who knows the password of this moment hears that.
    const isRight = passwordHash === (await accounts.passwordHash(own));
    return suspension !== undefined && isRight ? suspended(suspension.reason) : wrongCredentials();
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

  #allow(subject: string, rate: Rate, what: string): Promise<void> {
    return mustBeSlower(this.#parts.throttle, subject, rate, what);
  }

  async #newSession(user: Me, client: Client, origin?: SessionOrigin): Promise<SignedIn> {
    // The password that was right a moment ago may have been changed, and every session ended,
    // since.
    const signedIn = await this.#trySession(user, client, origin);
    if (signedIn === undefined) throw await this.#refusal(user, origin?.passwordHash);
    return signedIn;
  }

  async #trySession(user: Me, client: Client, origin: SessionOrigin = {}) {
    const { sessions, tokens } = this.#parts;
    const token = tokens.create();
    const isMade = await sessions.create(tokens.digest(token), user.id, {
      device: deviceName(client.userAgent),
      ...origin,
    });
    return isMade ? { user, token } : undefined;
  }
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/u;

function linkNotValid(): ChatError {
  return new ChatError(
    "link-not-valid",
    "This link cannot be used, or cannot be used any more. Please make another.",
  );
}

function wrongCredentials(): ChatError {
  return new ChatError(
    "wrong-credentials",
    "The name or the password is wrong. Please check both and try again.",
  );
}

/** For whoever wants a name that somebody has, or had until lately. */
export function nameTaken(name: string): ChatError {
  return new ChatError("name-taken", `The name ${name} is taken. Please choose another.`);
}
