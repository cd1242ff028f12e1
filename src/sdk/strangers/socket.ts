/** A connection of a stranger over Socket.IO: WebSocket only, and never shared with the chat's. */
import { io } from "socket.io-client";
import { isCommandError } from "#sdk/error.ts";
import type { StrangerConnection, StrangerListener } from "./world.ts";

export function connectStranger(url: string, listener: StrangerListener): StrangerConnection {
  const socket = io(`${url}/strangers`, {
    transports: ["websocket"],
    // Nothing of an account: who one is elsewhere is no business of this namespace.
    auth: {},
    reconnection: false,
    forceNew: true,
    multiplex: false,
  });
  const close = () => {
    socket.off();
    socket.disconnect();
  };
  const end = (error?: Error & { readonly data?: unknown }) => {
    close();
    listener.onEnd(isCommandError(error?.data) ? error.data : undefined);
  };
  socket.on("connect", () => listener.onOpen());
  socket.on("connect_error", end);
  socket.on("disconnect", () => end());
  socket.onAny((name: unknown, data: unknown) => {
    if (typeof name === "string") listener.onNotice(name, data);
  });
  return {
    command: (name, body, onAnswer) => {
      socket.emit(name, body, onAnswer);
    },
    close,
  };
}
