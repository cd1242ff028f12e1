/** How the load client talks to each subject: to get in, to send, and to know that a message was sent. */
import { MARK } from "./raw-socket.ts";

export interface Seat {
  readonly id: number;
  readonly token: string;
  readonly room: string;
  readonly port: number;
}

/** What to do after a frame of the greeting: say something, be in, or go on waiting. */
export type Step = { readonly say: string } | "in" | "wait";

export interface Dialect {
  readonly path: string;
  /** `hears`: it wants the room's messages; otherwise it only sends. */
  greet(frame: string, seat: Seat, hears: boolean): Step;
  /** The frame that says `text`; `n` is the number of this message. */
  send(seat: Seat, n: number, text: string): string;
  /** Whether this frame tells the sender that their message is stored, and in the room. */
  isSent(frame: string, seat: Seat): boolean;
}

export type DialectName = "klatch" | "socket.io" | "tutorial" | "bare";

const SOCKET_IO = "/socket.io/?EIO=4&transport=websocket";

const klatch: Dialect = {
  path: SOCKET_IO,
  greet(frame, { token, room }, hears) {
    if (frame.startsWith("0")) return { say: `40/chat,${JSON.stringify({ token })}` };
    if (frame.startsWith("43/chat,0[{") && !frame.includes('"error"')) return "in";
    // Who else comes in, for one.
    if (frame.startsWith("42/chat,")) return "wait";
    if (!frame.startsWith("40/chat,")) throw new Error(`Not let in: ${frame}`);
    return hears ? { say: `42/chat,0["join",{"room":"${room}"}]` } : "in";
  },
  send: ({ id, room }, n, text) =>
    `42/chat,${n + 1}["send",{"room":"${room}","cid":"bench-${id}-${n}","message":"${text}"}]`,
  isSent(frame) {
    if (!frame.startsWith("43/chat,")) return false;
    if (frame.includes('"error"')) throw new Error(`Refused: ${frame}`);
    return true;
  },
};

/** The commonest program on Socket.IO: no accounts, a room by its name, an event by its name. */
const socketIo: Dialect = {
  path: SOCKET_IO,
  greet: (frame, { room }, hears) => socketIoGreeting(frame, hears, `420["join","${room}"]`),
  send: ({ id, room }, n, text) =>
    `42["message",{"from":${id},"roomId":"${room}","cid":"bench-${id}-${n}","message":"${text}"}]`,
  isSent: isOwnMessage,
};

const tutorial: Dialect = {
  path: SOCKET_IO,
  greet: (frame, { room }, hears) => socketIoGreeting(frame, hears, `420["room.join","${room}"]`),
  send: ({ id, room }, _n, text) =>
    `42["message",{"roomId":"${room}","message":"${text}","from":${id},` +
    `"date":${Math.floor(Date.now() / 1000)}}]`,
  isSent: isOwnMessage,
};

const bare: Dialect = {
  path: "/",
  greet(frame, _seat, hears) {
    if (frame === "joined") return "in";
    return hears ? { say: "join" } : "in";
  },
  // As long as Klatch's, so that as much has to be read.
  send: (seat, n, text) => klatch.send(seat, n, text),
  isSent: () => false,
};

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  klatch,
  "socket.io": socketIo,
  tutorial,
  bare,
};

/** A text of the length of a chat message, different each time, that can be counted without being read. */
export function textOf(n: number): string {
  return `${String(n).padStart(8, "0")} ${MARK} shall we meet at the usual place, about seven?`;
}

function socketIoGreeting(frame: string, hears: boolean, join: string): Step {
  if (frame.startsWith("0")) return { say: "40" };
  if (frame.startsWith("40{")) return hears ? { say: join } : "in";
  return frame.startsWith("430[") ? "in" : "wait";
}

/** Neither acknowledges: a sender knows when they see their own message. */
function isOwnMessage(frame: string, { id }: Seat): boolean {
  return frame.startsWith('42["message"') && frame.includes(`"from":${id},`);
}
