/**
 * Failpoints: loaded into a server before its own code (`node --import`), they let one thing in it
 * go wrong each time a test asks for that. The server knows nothing of them.
 */
import { subscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { Accounts } from "#server/core/people/accounts.ts";
import { Chat } from "#server/core/rooms/chat.ts";
import { Hub } from "#server/core/delivery/hub.ts";
import { SlowReaders } from "#server/realtime/slow-readers.ts";
import { SocketEdge } from "#server/realtime/socket-edge.ts";
import { RedisMessageLog } from "#server/redis/log/redis-message-log.ts";

/** Where something goes wrong. */
export type Failpoint =
  /** The handler of a command throws. */
  | "command"
  /** A promise of the store is rejected with an error that nobody expects. */
  | "store"
  /** The handler of an HTTP request throws. */
  | "request"
  /** Finding out who connects is rejected. */
  | "handshake"
  /** The socket of one connection emits `error`. */
  | "connection"
  /** The sockets of both links to Redis emit `error`. */
  | "links"
  /** A timer of the server throws. */
  | "timer"
  /** Work in the background is rejected, and nobody waits for it. */
  | "background"
  /** What takes in an event of another server throws. */
  | "event";

/** The file in which a test leaves its order; SIGUSR2 says that there is one. */
export interface Order {
  readonly point: Failpoint;
  /** The message of the error. It stands for what people wrote, so it must not get into the log. */
  readonly message: string;
}

/** Path of the file for orders. Without it nothing ever fails. */
const { KLATCH_ORDERS } = process.env;

let due: Order | undefined;
/** TCP sockets under WebSockets, and to Redis. */
const connections = new Set<Socket>();
const links = new Set<Socket>();

if (KLATCH_ORDERS !== undefined) {
  failIn("command", Chat.prototype, "send", fail);
  failIn("store", RedisMessageLog.prototype, "append", reject);
  failIn("request", Chat.prototype, "page", fail);
  failIn("handshake", Accounts.prototype, "resolve", reject);
  failIn("timer", SlowReaders.prototype, "look", fail);
  failIn("background", Hub.prototype, "checkAll", reject);
  failIn("event", Hub.prototype, "heard", fail);
  collectSockets();
  process.on("SIGUSR2", () => take(KLATCH_ORDERS));
}

function take(path: string): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a test of ours wrote it
  due = JSON.parse(readFileSync(path, "utf8")) as Order;
  const { point } = due;
  if (point === "connection") breakSockets([...connections].slice(0, 1));
  if (point === "links") breakSockets([...links]);
}

/** Calls `instead` in place of the method, once for each order. */
function failIn(point: Failpoint, of: object, name: string, instead: () => unknown): void {
  const method: unknown = Reflect.get(of, name);
  if (typeof method !== "function") throw new Error(`There is no ${name} that could fail.`);
  Reflect.set(of, name, function call(this: unknown, ...args: readonly unknown[]): unknown {
    const answer: unknown = due?.point === point ? instead() : Reflect.apply(method, this, args);
    return answer;
  });
}

/** The error that was ordered; the next one must be ordered again. */
function ordered(): Error {
  const { point, message } = due ?? { point: "none", message: "" };
  due = undefined;
  process.stdout.write(`failed as ordered: ${point}\n`);
  return new Error(message);
}

function fail(): never {
  throw ordered();
}

function reject(): Promise<never> {
  return Promise.reject(ordered());
}

function breakSockets(sockets: readonly Socket[]): void {
  const error = ordered();
  for (const socket of sockets) socket.emit("error", error);
}

function collectSockets(): void {
  // oxlint-disable-next-line typescript/unbound-method -- because it is called with its own `this`
  const { upgrade } = SocketEdge.prototype;
  SocketEdge.prototype.upgrade = function collect(request, socket, head) {
    keep(connections, request.socket);
    upgrade.call(this, request, socket, head);
  };
  // A server connects to nothing but Redis.
  subscribe("net.client.socket", (message) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because Node documents it so
    keep(links, (message as { readonly socket: Socket }).socket);
  });
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
}
