/** A Socket.IO client whose TCP connection can be destroyed under it, as a tunnel or a lift does. */
import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";

export function openSocket(url: string, auth: Readonly<Record<string, unknown>> = {}): Socket {
  return io(url, {
    transports: ["websocket"],
    // Every subject is away equally long: when to come back is the bench's business.
    reconnection: false,
    forceNew: true,
    auth,
  });
}

/** Destroys the TCP connection: nobody says goodbye, at neither end. */
export function cutSocket(socket: Socket): void {
  const transport: unknown = socket.io.engine?.transport;
  if (typeof transport !== "object" || transport === null || !("ws" in transport)) return;
  const { ws } = transport;
  if (typeof ws !== "object" || ws === null || !("terminate" in ws)) return;
  // oxlint-disable-next-line typescript/no-unsafe-call -- because it is the method of the package `ws`
  if (typeof ws.terminate === "function") ws.terminate();
}
