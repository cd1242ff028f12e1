/** A chat as Socket.IO's own documents teach it: a broadcast a message; with the Redis adapter or with recovery. */
import { createClient } from "@redis/client";
import { takePlan } from "#bench/run/program.ts";
import { openIo } from "./io-listener.ts";

export interface SocketIoPlan {
  /** Socket of the Redis for the adapter; without one everything stays in memory. */
  readonly redis?: string;
  /** Connection state recovery: what was missed within two minutes is sent again. */
  readonly recovers?: boolean;
}

const RECOVERY_MS = 2 * 60_000;

await takePlan(async ({ redis, recovers = false }: SocketIoPlan) => {
  const { io, listen } = openIo(
    recovers ? { connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS } } : {},
  );
  if (redis !== undefined) {
    const { createAdapter } = await import("@socket.io/redis-adapter");
    const open = () => createClient({ socket: { path: redis, tls: false } });
    const [publisher, subscriber] = [open(), open()];
    await Promise.all([publisher.connect(), subscriber.connect()]);
    io.adapter(createAdapter(publisher, subscriber));
  }
  io.on("connection", (socket) => {
    socket.on("join", (room: string, joined: () => void) => {
      void socket.join(room);
      joined();
    });
    socket.on("message", (message: { readonly roomId: string }) => {
      io.to(message.roomId).emit("message", message);
    });
  });
  return listen();
});
