/**
 * What servers of different kinds tell each other on `MESSAGES`: `{serverId, type, data}`, as the
 * Redis chat tutorial has it; read without trust.
 */

/** Begins the id of every Klatch on the channel, so that each knows the others from strangers. */
const KLATCH = "klatch-";

/** A new id for this process; never the same twice, unlike an address and a port. */
export const serverIdOn = (serverId: string): string => KLATCH + serverId;

/** What a server says of itself; its content is a hint where to look, and nothing more. */
export type Hint =
  /** Something was said in a room; by whom, if that can be read. */
  | { readonly type: "message"; readonly room: string; readonly from: number | undefined }
  | { readonly type: "show.room"; readonly room: string }
  | { readonly type: "user.connected" | "user.disconnected"; readonly user: number };

export interface Heard {
  /** As the server calls itself; anything may stand there. */
  readonly server: string;
  readonly hint: Hint;
}

/** `klatch` for what a Klatch said; `undefined` for what cannot be read. */
export function readEnvelope(payload: string): Heard | "klatch" | undefined {
  const envelope = parse(payload);
  if (!isRecord(envelope)) return undefined;
  const { serverId, type, data } = envelope;
  if (typeof serverId !== "string" && typeof serverId !== "number") return undefined;
  const server = String(serverId);
  if (server.startsWith(KLATCH)) return "klatch";
  const hint = isRecord(data) ? readHint(type, data) : undefined;
  return hint && { server, hint };
}

/** An event as the tutorial's servers expect it. */
export function writeEnvelope(
  serverId: string,
  type: "user.connected" | "user.disconnected" | "show.room",
  data: object,
): string {
  return JSON.stringify({ serverId, type, data });
}

function readHint(type: unknown, data: Readonly<Record<string, unknown>>): Hint | undefined {
  switch (type) {
    case "message": {
      const room = roomOf(data["roomId"]);
      return room === undefined ? undefined : { type, room, from: userOf(data["from"]) };
    }
    case "show.room": {
      const room = roomOf(data["id"]);
      return room === undefined ? undefined : { type, room };
    }
    case "user.connected":
    case "user.disconnected": {
      const user = userOf(data["id"]);
      return user === undefined ? undefined : { type, user };
    }
    default:
      return undefined;
  }
}

function roomOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Ids are numbers for those who registered, and texts for those who signed in. */
export function userOf(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^[1-9]\d{0,14}$/u.test(text)) return undefined;
  return Number(text);
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
