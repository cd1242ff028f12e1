/** Single connections that do everything they can, as fast as they can; the others do not notice. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RawSocket } from "#test/support/raw-socket.ts";
import type { Fault } from "#test/faults/fault.ts";

/** What a flood consists of, and how many a second. Each gives the text of one frame. */
interface Flood {
  readonly perSecond: number;
  readonly frame: (n: number) => string;
}

/** Socket.IO's way to write a command that wants an answer. */
const command = (n: number, name: string, body: object) =>
  `42/chat,${n}${JSON.stringify([name, body])}`;

const FLOODS: readonly Flood[] = [
  {
    perSecond: 10_000,
    frame: (n) => command(n, "send", { room: "0", cid: randomUUID(), message: `flood ${n}` }),
  },
  // Answers to pings that nobody sent.
  { perSecond: 5_000, frame: () => "3" },
  { perSecond: 1_000, frame: (n) => command(n, "join", { room: "0", since: "0.000000" }) },
  { perSecond: 5_000, frame: (n) => command(n, "people", { ids: [n] }) },
];

const LASTS_MS = 3_000;
const STEP_MS = 10;

export const flood: Fault = {
  id: "F47",
  title:
    "One connection floods: 10,000 messages/s, 5,000 pongs/s, 1,000 joins/s, 5,000 questions/s",
  times: { short: 4, long: 20 },
  inject: async (world, time) => {
    const kind = FLOODS[time % FLOODS.length];
    const fixture = world.fixtures[time % world.fixtures.length];
    if (kind === undefined || fixture === undefined) return;
    await using socket = await RawSocket.signedIn(world.anyServer().url, fixture.token);
    const before = world.recorder.acknowledged;
    await pour(socket, kind);
    await world.pause(500, 1_000);
    const others = world.recorder.acknowledged - before;
    // Each person writes several times a second; that each of them did once is little enough.
    if (others < world.people.length)
      throw new Error(`the others sent ${others} messages meanwhile`);
    await world.progress(world.people.length);
  },
};

/** Writes until the time is over, or the server has had enough. */
async function pour(socket: RawSocket, { perSecond, frame }: Flood): Promise<void> {
  const began = performance.now();
  let n = 0;
  while (socket.code === undefined && performance.now() - began < LASTS_MS) {
    const due = Math.floor((perSecond * (performance.now() - began)) / 1_000);
    for (; n < due; n++) socket.write(frame(n));
    await sleep(STEP_MS);
  }
}
