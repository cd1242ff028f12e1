/** What every program on Socket.IO here has in common: WebSocket only, no compression, a free port of this machine. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerOptions } from "socket.io";
import { Server } from "socket.io";

export interface IoListener {
  readonly io: Server;
  readonly listen: () => Promise<{ readonly port: number }>;
}

export function openIo(options: Partial<ServerOptions> = {}): IoListener {
  const http = createServer();
  const io = new Server(http, {
    transports: ["websocket"],
    serveClient: false,
    perMessageDeflate: false,
    ...options,
  });
  const listen = async () => {
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
    return { port: (http.address() as AddressInfo).port };
  };
  return { io, listen };
}
