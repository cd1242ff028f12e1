/** The REST side: accounts, sessions and older messages. */
import type { Credentials, HistoryPage, Me } from "#protocol/api.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Environment, Fetch, FetchResponse } from "./environment.ts";
import { KlatchError, isCommandError, offline, toKlatchError } from "./error.ts";

/** Which messages of a room to fetch: the newest by default; at most one of the three positions. */
export interface HistoryQuery {
  /** Those before this place. */
  readonly before?: Position | undefined;
  /** Those after it. */
  readonly after?: Position | undefined;
  /** Those on both sides of it. */
  readonly around?: Position | undefined;
  /** How many at most, up to 100; default 50. */
  readonly limit?: number | undefined;
}

/** A request without an answer is given up after this long. */
const REQUEST_MS = 20_000;

export class Rest {
  /**
   * The session token, if this client holds one itself; in a browser the cookie does, out of reach
   * of scripts.
   */
  token: string | undefined;
  readonly #environment: Environment;
  readonly #url: string;

  constructor(environment: Environment, url: string, token: string | undefined) {
    this.#environment = environment;
    this.#url = url;
    this.token = token;
  }

  /** Makes a new account or a new session, whichever `path` names, and remembers its token. */
  async enter(path: "/api/accounts" | "/api/session", credentials: Credentials): Promise<Me> {
    const response = await this.#request("POST", path, credentials);
    // Browsers keep Set-Cookie to themselves. Elsewhere nobody else would remember the session.
    for (const cookie of response.headers.getSetCookie?.() ?? []) {
      this.token = SESSION_COOKIE.exec(cookie)?.[1] ?? this.token;
    }
    return json(response);
  }

  history(room: RoomId, query: HistoryQuery): Promise<HistoryPage> {
    // By way of JSON, which leaves out what is undefined.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because its values are words
    const params = new URLSearchParams(JSON.parse(JSON.stringify(query)) as Record<string, string>);
    // oxlint-disable-next-line typescript/restrict-template-expressions -- because it reads as a query
    return this.ask("GET", `/api/rooms/${room}/messages?${params}`);
  }

  /**
   * Any request of the API; resolves to the body of the answer, `undefined` if it has none.
   *
   * @throws KlatchError `offline`, or why it was refused
   */
  async ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await this.#request(method, path, body);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because who asks for nothing says so
    return response.status === 204 ? (undefined as Body) : json(response);
  }

  async #request(method: string, path: string, body?: unknown): Promise<FetchResponse> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.token !== undefined) headers["authorization"] = `Bearer ${this.token}`;
    const fetcher: Fetch = this.#environment.fetch ?? fetch;
    const abort = new AbortController();
    const stop = this.#environment.setTimer(() => abort.abort(), REQUEST_MS);
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = { method, headers, signal: abort.signal, ...text };
    const response = await fetcher(this.#url + path, request)
      .catch(unreachable)
      .finally(stop);
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

const SESSION_COOKIE = /^(?:__Host-)?klatch=([^;\s]+)/u;

function unreachable(): never {
  throw offline();
}

/** Reads an answer of the server; one that breaks off on the way counts as none. */
function json<Body>(response: FetchResponse): Promise<Body> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is ours
  return response.json().catch(unreachable) as Promise<Body>;
}

/**
 * The error of a refused request; a proxy in between may answer with something that is not ours.
 */
async function refusal(response: FetchResponse): Promise<KlatchError> {
  const problem = await response.json().catch(() => undefined);
  if (isCommandError(problem)) return toKlatchError(problem);
  const { status } = response;
  const code = status === 401 ? "not-signed-in" : "unavailable";
  return new KlatchError(code, `The server said HTTP ${status}. Please try again.`);
}
