/**
 * What was written for a socket and not yet taken by its reader, read from Engine.IO's and the
 * WebSocket's buffers.
 */
import type { Socket } from "engine.io";
import type { Queue } from "./slow-readers.ts";

/**
 * Neither buffer is part of a public interface, so nothing is taken for granted; without one a
 * queue counts as empty.
 */
export function queueOf(conn: Socket): Queue {
  return {
    bytes: () => packetChars(conn) + buffered(webSocketOf(conn)),
    cut: () => {
      const webSocket = webSocketOf(conn);
      // A farewell would wait behind what is not being read: the connection is dropped, and resumed
      // by its client.
      if (hasTerminate(webSocket)) webSocket.terminate();
      else conn.close(true);
    },
  };
}

/**
 * Characters of packets that Engine.IO holds back while the WebSocket is not done with the ones
 * before.
 */
function packetChars(conn: object): number {
  if (!("writeBuffer" in conn) || !Array.isArray(conn.writeBuffer)) return 0;
  const packets: readonly unknown[] = conn.writeBuffer;
  return packets.reduce((sum: number, packet) => sum + charsOf(packet), 0);
}

function charsOf(packet: unknown): number {
  if (typeof packet !== "object" || packet === null || !("data" in packet)) return 0;
  return typeof packet.data === "string" ? packet.data.length : 0;
}

function webSocketOf({ transport }: Socket): unknown {
  return "socket" in transport ? transport.socket : undefined;
}

function buffered(webSocket: unknown): number {
  if (typeof webSocket !== "object" || webSocket === null) return 0;
  if (!("bufferedAmount" in webSocket) || typeof webSocket.bufferedAmount !== "number") return 0;
  return webSocket.bufferedAmount;
}

function hasTerminate(webSocket: unknown): webSocket is { terminate: () => void } {
  if (typeof webSocket !== "object" || webSocket === null) return false;
  return "terminate" in webSocket && typeof webSocket.terminate === "function";
}
