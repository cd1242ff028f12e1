/** A socket of the namespace `/chat`, as those see it who have something to tell it. */
import type { Socket as EngineSocket } from "engine.io";
import type { DefaultEventsMap, Namespace, Socket } from "socket.io";
import type { ClientToServer, ServerToClient } from "#protocol/commands.ts";
import type { Session } from "#server/core/people/accounts.ts";
import type { RoomListener } from "#server/core/rooms/room-watch.ts";
import type { Listener } from "./broadcast.ts";
import type { Connection } from "./connection.ts";

type SocketData = { session: Session };
export type ChatSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;
export type ChatNamespace = Namespace<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

/** Passes on to a socket what happens to its person's rooms. */
export function roomListenerOf(socket: ChatSocket, connection: Connection): RoomListener {
  return {
    rooms: connection.rooms,
    notice: (notice) => {
      if (notice.gone === true) connection.unhear(notice.room);
      socket.emit("rooms", notice);
    },
    read: (notice) => {
      socket.emit("read", notice);
    },
    seen: (notice) => {
      socket.emit("seen", notice);
    },
    blocks: (notice) => {
      socket.emit("blocks", notice);
    },
    preferences: () => {
      socket.emit("preferences", {});
    },
  };
}

/** What is written here goes straight to the wire, after what Socket.IO has written there. */
export function listenerOf(
  conn: EngineSocket,
  user: number,
  expectsAnswer: () => boolean,
): Listener {
  const { socket } = conn.request;
  return {
    user,
    write: (frame) => {
      // Nothing may follow the frame that closes a WebSocket.
      if (conn.readyState === "open" && socket.writable) socket.write(frame);
    },
    get expectsAnswer() {
      return expectsAnswer();
    },
    hold: () => {
      socket.cork();
    },
    release: () => {
      socket.uncork();
    },
  };
}
