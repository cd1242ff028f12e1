/** The REST side: accounts, sessions and older messages. */
import type { Credentials, HistoryPage, Me } from "#protocol/api.ts";
import { ERRORS } from "#protocol/errors.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Environment, Fetch, FetchResponse } from "./environment.ts";
import { KlatchError, isCommandError } from "./error.ts";

/** Which messages of a room to fetch: the newest by default; at most one of the three positions. */
export interface HistoryQuery {
  /** Those before this place. */
  readonly before?: Position;
  /** Those after it. */
  readonly after?: Position;
  /** Those on both sides of it. */
  readonly around?: Position;
  /** How many at most; default 50. */
  readonly limit?: number;
}

/** A request without an answer is given up after this long. */
const REQUEST_MS = 20_000;

export class Rest {
  readonly #environment: Environment;
  readonly #url: string;
  #token: string | undefined;

  constructor(environment: Environment, url: string | undefined, token: string | undefined) {
    this.#environment = environment;
    this.#url = url ?? "";
    this.#token = token;
  }

  /**
   * The session token, if this client holds one itself; in a browser the cookie does, out of reach
   * of scripts.
   */
  get token(): string | undefined {
    return this.#token;
  }

  async register(credentials: Credentials): Promise<Me> {
    return this.#signedIn(await this.#request("POST", "/api/accounts", credentials));
  }

  async signIn(credentials: Credentials): Promise<Me> {
    return this.#signedIn(await this.#request("POST", "/api/session", credentials));
  }

  async signOut(): Promise<void> {
    await this.#request("DELETE", "/api/session");
    this.#token = undefined;
  }

  async me(): Promise<Me> {
    return json<Me>(await this.#request("GET", "/api/me"));
  }

  async history(room: RoomId, query: HistoryQuery): Promise<HistoryPage> {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) params.set(name, String(value));
    const path = `/api/rooms/${encodeURIComponent(room)}/messages?${params.toString()}`;
    return json<HistoryPage>(await this.#request("GET", path));
  }

  async #signedIn(response: FetchResponse): Promise<Me> {
    // Browsers keep Set-Cookie to themselves. Elsewhere nobody else would remember the session.
    for (const cookie of response.headers.getSetCookie?.() ?? []) {
      const token = SESSION_COOKIE.exec(cookie)?.[1];
      if (token !== undefined) this.#token = token;
    }
    return json<Me>(response);
  }

  async #request(method: string, path: string, body?: unknown): Promise<FetchResponse> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.#token !== undefined) headers["authorization"] = `Bearer ${this.#token}`;
    const fetcher: Fetch = this.#environment.fetch ?? fetch;
    const abort = new AbortController();
    const stop = this.#environment.setTimer(() => abort.abort(), REQUEST_MS);
    let response: FetchResponse;
    try {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      response = await fetcher(this.#url + path, {
        method,
        headers,
        signal: abort.signal,
        ...text,
      });
    } catch {
      throw offline();
    } finally {
      stop();
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

const SESSION_COOKIE = /^(?:__Host-)?klatch=([^;\s]+)/u;

function offline(): KlatchError {
  return new KlatchError("offline", "The chat cannot be reached. Is this device online?");
}

/** Reads an answer of the server; one that breaks off on the way counts as none. */
async function json<Body>(response: FetchResponse): Promise<Body> {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is ours
    return (await response.json()) as Body;
  } catch {
    throw offline();
  }
}

/**
 * The error of a refused request; a proxy in between may answer with something that is not ours.
 */
async function refusal(response: FetchResponse): Promise<KlatchError> {
  const problem: unknown = await response.json().catch(() => undefined);
  if (isCommandError(problem)) {
    return new KlatchError(problem.code, problem.detail, problem.retryAfter);
  }
  const code = response.status === 401 ? "not-signed-in" : "unavailable";
  const detail = `${ERRORS[code].title} (HTTP ${response.status}). Please try again.`;
  return new KlatchError(code, detail);
}
