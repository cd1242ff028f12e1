/**
 * The way from devices to servers: a balancer that picks any server, sockets, and the few HTTP
 * requests there are.
 */
import { ERRORS } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { ConnectOptions, ConnectionListener, Fetch, FetchResponse } from "#sdk/environment.ts";
import type { Random } from "#test/simulation/kernel/random.ts";
import type { Scheduler } from "#test/simulation/kernel/scheduler.ts";
import type { Server } from "./server.ts";
import type { ServerLife } from "./server-life.ts";
import { Socket } from "./socket.ts";

export interface NetworkParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly servers: readonly Server[];
  /** Milliseconds one way. */
  readonly latencyMs: () => number;
}

/** The device that asks: what it cannot hear, or will not hear any more, never comes back to it. */
interface Asker {
  readonly isInHole: () => boolean;
  readonly isOver: () => boolean;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly cookie?: string;
}

export class Network {
  readonly #parts: NetworkParts;
  #count = 0;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  connect(
    options: ConnectOptions,
    listener: ConnectionListener,
    onOver: (socket: Socket) => void,
  ): Socket {
    const { scheduler, latencyMs, random, servers } = this.#parts;
    const socket = new Socket({ number: ++this.#count, scheduler, latencyMs, listener, onOver });
    const server = random.pick(servers);
    socket.dial(() => {
      const life = server.open;
      if (life === undefined) socket.disconnect();
      else life.enter(() => void life.edge.admit(socket, { ...options }));
    });
    return socket;
  }

  /** As `fetch`. Whoever is in a hole, or meets a dead server, gets no answer, or none in time. */
  fetch(url: string, request: Parameters<Fetch>[1], { isInHole, isOver }: Asker) {
    const { scheduler, latencyMs, random, servers } = this.#parts;
    return new Promise<FetchResponse>((resolve, reject) => {
      const fail = () => {
        reject(new TypeError("fetch failed"));
      };
      request.signal.addEventListener("abort", fail);
      scheduler.after(latencyMs(), () => {
        if (isInHole() || isOver()) return;
        const life = random.pick(servers).open;
        if (life === undefined) {
          scheduler.after(latencyMs(), fail);
          return;
        }
        life.enter(() => {
          void answer(life, url, request).then((given) => {
            scheduler.after(latencyMs(), () => {
              if (life.isOver) fail();
              else if (!isInHole() && !isOver()) resolve(response(given));
            });
            return undefined;
          });
        });
      });
    });
  }
}

async function answer(life: ServerLife, url: string, request: Parameters<Fetch>[1]) {
  try {
    return await carryOut(life, url, request);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    const { status, title } = ERRORS[error.code];
    return { status, body: { ...error.toWire(), type: "about:blank", title, status } };
  }
}

async function carryOut(
  life: ServerLife,
  url: string,
  { method, headers, body }: Parameters<Fetch>[1],
): Promise<Answer> {
  const { pathname, searchParams } = new URL(url, "http://chat.test");
  if (method === "POST" && pathname === "/api/session") {
    // oxlint-disable-next-line no-unsafe-type-assertion -- because the library wrote it
    const { username, password } = JSON.parse(body ?? "") as Record<string, string>;
    const { user, token } = await life.accounts.signIn(username ?? "", password ?? "", {
      address: "device",
    });
    return { status: 200, body: user, cookie: `klatch=${token}; HttpOnly` };
  }
  const token = (headers["authorization"] ?? "").replace("Bearer ", "");
  const room = /^\/api\/rooms\/([^/]+)\/messages$/u.exec(pathname)?.[1];
  if (room === undefined) throw new ChatError("not-found", `There is no ${pathname} here.`);
  const before = searchParams.get("before");
  const cursor = before === null ? NEWEST : ({ at: "before", id: before } as const);
  const page = await life.page(token, decodeURIComponent(room), cursor, LIMITS.pageMessagesDefault);
  return { status: 200, body: page };
}

const NEWEST = { at: "newest" } as const;

function response({ status, body, cookie }: Answer): FetchResponse {
  return {
    ok: status < 300,
    status,
    headers: { get: () => null, getSetCookie: () => (cookie === undefined ? [] : [cookie]) },
    json: () => Promise.resolve(body),
  };
}
