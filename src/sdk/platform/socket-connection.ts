/** A connection over Socket.IO: WebSocket only, namespace `/chat`, never coming back by itself. */
import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import type { ClientToServer, ServerToClient } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { ConnectOptions, Connection, ConnectionListener, Notice } from "#sdk/environment.ts";
import { isCommandError } from "#sdk/error.ts";

/** A name and what came with it. */
type Told = {
  [Name in keyof ServerToClient]: [Name, ...Parameters<ServerToClient[Name]>];
}[keyof ServerToClient];

export function connectSocket(options: ConnectOptions, listener: ConnectionListener): Connection {
  const { url, token, user } = options;
  const socket: Socket<ServerToClient, ClientToServer> = io(`${url}/chat`, {
    transports: ["websocket"],
    // Without a token there is none: what is undefined is not sent.
    auth: { user, token },
    // Breaks, pauses and time limits are the link's business.
    reconnection: false,
    forceNew: true,
  });
  const close = () => {
    // First, so that nobody hears of this end.
    socket.off();
    socket.disconnect();
  };
  const end = (error?: CommandError) => {
    close();
    listener.onEnd(error);
  };
  socket.on("connect", () => listener.onOpen());
  socket.on("connect_error", (error) => end(reasonOf(error)));
  socket.on("disconnect", () => end());
  socket.onAny((...[type, data]: Told) => {
    if (type === "events") listener.onEvents(data);
    else if (type === "closing") listener.onClosing(data);
    // Also what is newer than this client: whoever knows it takes it.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because `type` fits
    else listener.onNotice?.({ type, data } as Notice);
  });
  return {
    command: (name, body, onAnswer) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because `name` fits
      const parameters = [body, onAnswer] as unknown as Parameters<ClientToServer[typeof name]>;
      socket.emit(name, ...parameters);
    },
    close,
  };
}

/** The server's refusal rides on the error; without one, the server was not reached. */
function reasonOf(error: Error & { readonly data?: unknown }): CommandError | undefined {
  const { data } = error;
  return isCommandError(data) ? data : undefined;
}
