/**
 * Links to Redis: where it is, how a link behaves when Redis is away, and how long a command may
 * take.
 */
import { createClient } from "@redis/client";
import { unavailable } from "#server/core/chat-error.ts";
import { StartError } from "#server/start-error.ts";

/** Commands waiting for an answer; more means that Redis is not keeping up, and is refused. */
const QUEUE_MAX = 10_000;
/** After this long a command's fate is unknown. */
const COMMAND_MS = 5_000;
const CONNECT_MS = 5_000;
const RECONNECT_MAX_MS = 1_000;
/**
 * A link is asked this often whether anyone is there, and given up when nobody answers for as long.
 */
const PING_MS = 5_000;
/** A link on which nothing at all moves, not even the answer to a handshake, is given up. */
const STILL_MS = 30_000;

const open = (url: string, name: string, mayRetry: () => boolean) => {
  const client = createClient({
    ...address(url, mayRetry),
    name,
    // No offline queue: a client that is told "unavailable" keeps its message and tries again, in
    // order.
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_MAX,
    // The library's own time limit costs a listener a command, and ends when the command is
    // written.
    commandOptions: { timeout: 0 },
    maintNotifications: "disabled",
  });
  // Whoever's command fails hears of it, and readiness does; without a listener it would end the
  // process.
  client.on("error", () => undefined);
  replaceWhenSilent(client);
  return client;
};

/**
 * A link can be up and dead: whatever lies between may have forgotten it without a word, and TCP
 * takes minutes to notice. Any answer will do, an error too.
 */
function replaceWhenSilent(client: {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  ping(): Promise<unknown>;
  connect(): Promise<unknown>;
  destroy(): void;
}): void {
  const beat = setInterval(() => {
    // Whoever opened it has closed it.
    if (!client.isOpen) clearInterval(beat);
    if (!client.isReady) return;
    let isAnswered = false;
    const giveUp = () => {
      if (isAnswered) return;
      client.destroy();
      client.connect().catch(() => undefined);
    };
    // If it was this process that slept, the answer lies there and is read before what is
    // immediate.
    const late = setTimeout(() => setImmediate(giveUp), PING_MS);
    void Promise.allSettled([client.ping()]).then(() => {
      isAnswered = true;
      clearTimeout(late);
      return undefined;
    });
  }, PING_MS);
  beat.unref();
}

export type Redis = ReturnType<typeof open>;

/** Connects once; a first failure is final and says what to do, later ones are retried for ever. */
export async function connect(url: string, name: string): Promise<Redis> {
  let hasConnected = false;
  const client = open(url, name, () => hasConnected);
  try {
    await client.connect();
  } catch (error) {
    client.destroy();
    throw refused(url, error);
  }
  hasConnected = true;
  return client;
}

/** A link that keeps trying from the first moment; `connect()` it yourself. */
export function patientLink(url: string, name: string): Redis {
  return open(url, name, () => true);
}

/**
 * Waits for an answer, but not for ever: one that is late, or that a link which is down cannot
 * bring, is `unavailable`.
 */
export async function answered<T>(command: Promise<T>, withinMs = COMMAND_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(unavailable());
    }, withinMs);
  });
  try {
    return await Promise.race([command, late]);
  } catch (error) {
    throw error instanceof Error && isRefusal(error) ? error : unavailable();
  } finally {
    clearTimeout(timer);
  }
}

/** The address without its password, for people and logs. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/u, "//…@");
}

/** An error reply of a script or command: a mistake of ours, not a link that is down. */
function isRefusal(error: Error): boolean {
  return /^(?:WRONGTYPE|ERR|NOSCRIPT|NOPERM|CROSSSLOT)\b/u.test(error.message);
}

function address(url: string, mayRetry: () => boolean) {
  const reconnectStrategy = (tries: number, cause: Error) =>
    mayRetry() ? Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(tries, 5)) : cause;
  const socket = { connectTimeout: CONNECT_MS, socketTimeout: STILL_MS, reconnectStrategy };
  const local = /^unix:(?:\/\/)?(?<path>\/[^?]+)(?:\?user=(?<user>\w+))?$/u.exec(url)?.groups;
  if (local?.["path"] !== undefined) {
    const { path, user } = local;
    // A user without a password takes any.
    const credentials = user === undefined ? {} : { username: user, password: "none" };
    return { ...credentials, socket: { ...socket, path, tls: false as const } };
  }
  return { url, socket };
}

function refused(url: string, error: unknown): StartError {
  const reason = error instanceof Error ? describe(error) : String(error);
  const where = withoutPassword(url);
  if (/WRONGPASS|NOAUTH|invalid username-password|AUTH/u.test(reason)) {
    return new StartError(
      `Redis at ${where} does not accept the password. Check the name and password in REDIS_URL.`,
    );
  }
  return new StartError(
    `Redis at ${where} cannot be reached (${reason}). Check REDIS_URL and that Redis is running there, ` +
      "or leave REDIS_URL out and Klatch runs its own.",
  );
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) {
    return cause.errors[0].message;
  }
  return cause.message === "" ? cause.name : cause.message;
}
