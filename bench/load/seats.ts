/** Taking seats: opens many connections, some at a time, each of them in before the next is asked. */
import { DIALECTS } from "./dialect.ts";
import type { DialectName, Seat } from "./dialect.ts";
import { RawSocket } from "./raw-socket.ts";

/** Being let in at the same time. */
const AT_A_TIME = 40;

export interface Seated {
  readonly seat: Seat;
  readonly socket: RawSocket;
}

interface SeatOptions {
  readonly dialect: DialectName;
  readonly hears: boolean;
  /** Hears what comes once it is in; with `onFrame` frames are read, else counted. */
  readonly onMessages?: (count: number, index: number) => void;
  readonly onFrame?: (text: string, index: number) => void;
}

/** Resolves when all are in. Throws, also later, if one is refused or lost: the measurement would mean nothing. */
export async function takeSeats(
  seats: readonly Seat[],
  options: SeatOptions,
): Promise<readonly Seated[]> {
  const seated: Seated[] = [];
  let next = 0;
  const worker = async () => {
    while (next < seats.length) {
      const index = next++;
      const seat = seats[index];
      if (seat !== undefined)
        seated[index] = { seat, socket: await takeSeat(seat, index, options) };
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return seated;
}

function takeSeat(seat: Seat, index: number, options: SeatOptions): Promise<RawSocket> {
  const { dialect: name, hears, onMessages, onFrame } = options;
  const dialect = DIALECTS[name];
  const { promise, resolve, reject } = Promise.withResolvers<RawSocket>();
  let isIn = false;
  const socket: RawSocket = new RawSocket(seat.port, dialect.path, {
    onFrame: (text) => {
      if (isIn) return onFrame?.(text, index);
      const step = dialect.greet(text, seat, hears);
      if (typeof step === "object") return socket.write(step.say);
      if (step === "wait") return undefined;
      isIn = true;
      socket.reads = onFrame !== undefined;
      return resolve(socket);
    },
    onMessages: (count) => onMessages?.(count, index),
    onLost: (why) => {
      const error = new Error(`Seat ${index} was lost: ${why}.`);
      if (isIn) throw error;
      reject(error);
    },
  });
  return promise;
}
