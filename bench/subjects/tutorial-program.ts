/**
 * The scheme of the Redis chat tutorial, for comparison: five commands of Redis a message, one after the other, and one
 * channel for all servers, each of which tells everything it hears there to everyone.
 */
import { createClient } from "@redis/client";
import { takePlan } from "#bench/run/program.ts";
import { openIo } from "./io-listener.ts";

export interface TutorialPlan {
  /** Socket of the Redis. */
  readonly redis: string;
  readonly serverId: string;
}

interface TutorialMessage {
  readonly roomId: string;
  readonly message: string;
  readonly from: number;
  readonly date: number;
}

interface Envelope {
  readonly serverId: string;
  readonly type: string;
  readonly data: unknown;
}

const CHANNEL = "MESSAGES";

await takePlan(async ({ redis: path, serverId }: TutorialPlan) => {
  const open = () => createClient({ socket: { path, tls: false } });
  const [redis, subscriber] = [open(), open()];
  await Promise.all([redis.connect(), subscriber.connect()]);
  const { io, listen } = openIo();

  const publish = (type: string, data: unknown) =>
    redis.publish(CHANNEL, JSON.stringify({ serverId, type, data } satisfies Envelope));

  await subscriber.subscribe(CHANNEL, (text) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because only these programs publish here
    const envelope = JSON.parse(text) as Envelope;
    if (envelope.serverId !== serverId) io.emit(envelope.type, envelope.data);
  });

  /** The first message of a private chat shows the chat to everyone. */
  const showRoom = async (id: string) => {
    const people = id.split(":");
    const names = await Promise.all(people.map((user) => redis.hmGet(`user:${user}`, "username")));
    await publish("show.room", { id, names });
    io.emit("show.room", { id, names });
  };

  const store = async (message: TutorialMessage) => {
    const { roomId, from, date } = message;
    await redis.sAdd("online_users", String(from));
    const hasName = await redis.exists(`room:${roomId}:name`);
    const isThere = await redis.exists(`room:${roomId}`);
    if (hasName === 0 && isThere === 0) await showRoom(roomId);
    await redis.zAdd(`room:${roomId}`, { score: date, value: JSON.stringify(message) });
    await publish("message", message);
    io.to(`room:${roomId}`).emit("message", message);
  };

  io.on("connection", (socket) => {
    socket.on("room.join", (room: string, joined: () => void) => {
      void socket.join(`room:${room}`);
      joined();
    });
    socket.on("message", (message: TutorialMessage) => {
      // As in the tutorial, nobody hears of a failure; here it ends the measurement.
      void store(message);
    });
  });
  return listen();
});
