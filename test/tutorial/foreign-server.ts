/**
 * A small server of another kind, written from the tutorial's contract alone: a process of its own
 * with its own connection to Redis, that knows nothing of Klatch. Run with the path of a socket; it
 * is told over IPC what its clients do, and answers when that is done.
 *
 * It writes JSON as the tutorial's Python app does: spaces, `\u` escapes, ids as texts, whole seconds.
 */
import { createClient } from "@redis/client";
import { hash, verify } from "@node-rs/bcrypt";
import type { ForeignEvent, ForeignReply, ForeignRequest } from "./foreign.ts";

const [socket = ""] = process.argv.slice(2);
const redis = createClient({ socket: { path: socket, tls: false } });
const ears = redis.duplicate();
// A random float for each process, as the Python app has it.
const serverId = Math.random() * 1_000_000;

const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** JSON as Python's `json.dumps` writes it: `{"from": "1", "message": "caf\u00e9"}`. */
function dumps(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(dumps).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, each]) => `${dumps(key)}: ${dumps(each)}`);
    return `{${fields.join(", ")}}`;
  }
  return JSON.stringify(value).replaceAll(/[\u0080-\uffff]/gu, (found) =>
    found.split("").map(escape).join(""),
  );
}

async function publish(type: string, data: unknown): Promise<void> {
  await redis.publish("MESSAGES", dumps({ serverId, type, data }));
}

/** Whoever registers begins with a number for an id, which is a text from the next time on. */
async function register(username: string, password: string): Promise<string> {
  if ((await redis.exists(`username:${username}`)) === 1) throw new Error("The name is taken.");
  const id = await redis.incr("total_users");
  await redis.set(`username:${username}`, `user:${id}`);
  await redis.hSet(`user:${id}`, {
    username,
    password: await hash(password, { cost: 10, version: "2b" }),
  });
  await redis.sAdd(`user:${id}:rooms`, "0");
  return String(id);
}

/** Whose password this is; as the tutorial does, by the name in this very spelling. */
async function logIn(username: string, password: string): Promise<string> {
  const user = await redis.get(`username:${username}`);
  if (user === null) throw new Error("There is nobody of this name.");
  const stored = await redis.hGet(user, "password");
  if (stored === null || !(await verify(password, stored)))
    throw new Error("The password is wrong.");
  return user.slice("user:".length);
}

async function say({ room, from, text, at, isSilent }: ForeignRequest & { type: "say" }) {
  const date = at ?? Math.floor(Date.now() / 1000);
  const message = { roomId: room, message: text, from, date };
  await redis.sAdd("online_users", String(from));
  await redis.zAdd(`room:${room}`, { score: date, value: dumps(message) });
  if (isSilent !== true) await publish("message", message);
}

async function setOnline(user: string, isOnline: boolean): Promise<void> {
  if (isOnline) await redis.sAdd("online_users", user);
  else await redis.sRem("online_users", user);
  const username = await redis.hGet(`user:${user}`, "username");
  const type = isOnline ? "user.connected" : "user.disconnected";
  await publish(type, { id: user, username, online: isOnline });
}

async function openChat([one, two]: readonly [number, number]): Promise<string> {
  const room = `${Math.min(one, two)}:${Math.max(one, two)}`;
  await redis.sAdd(`user:${one}:rooms`, room);
  await redis.sAdd(`user:${two}:rooms`, room);
  return room;
}

/** Newest first, by rank, as its clients page. */
async function history(room: string, size: number): Promise<readonly string[]> {
  const found = await redis.zRange(`room:${room}`, 0, size, { REV: true });
  return found.map((member) => String(read(member)?.["message"]));
}

function read(text: string): Record<string, unknown> | undefined {
  const value: unknown = JSON.parse(text);
  // oxlint-disable-next-line no-unsafe-type-assertion -- because a server of this kind trusts what it reads
  return value as Record<string, unknown> | undefined;
}

async function serve(request: ForeignRequest): Promise<unknown> {
  switch (request.type) {
    case "say":
      return say(request);
    case "online":
      return setOnline(request.user, request.isOnline);
    case "open":
      return openChat(request.people);
    case "register":
      return register(request.username, request.password);
    case "log-in":
      return logIn(request.username, request.password);
    case "history":
      return history(request.room, request.size);
    case "command":
      return redis.sendCommand([...request.words]);
  }
}

/** Its own events are dropped; unlike the tutorial's, it survives what is no JSON. */
function isOthers(payload: string): boolean {
  try {
    const event = read(payload);
    return event?.["serverId"] !== undefined && event["serverId"] !== serverId;
  } catch {
    return false;
  }
}

function send(event: ForeignEvent | ForeignReply): void {
  process.send?.(event);
}

async function answer(number: number, request: ForeignRequest): Promise<void> {
  try {
    send({ number, value: await serve(request) });
  } catch (error) {
    send({ number, error: String(error) });
  }
}

process.on("message", ({ number, request }: { number: number; request: ForeignRequest }) => {
  void answer(number, request);
});
process.on("disconnect", () => process.exit(0));
await redis.connect();
await ears.connect();
await ears.subscribe("MESSAGES", (payload) => {
  if (isOthers(payload)) send({ heard: payload });
});
send({ heard: "ready" });
