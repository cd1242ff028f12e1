/** The REST route of a copy of one's own things: a file that is sent while it is made. */
import { Hono } from "hono";
import type { Exports } from "#server/core/people/exports.ts";
import { exported } from "#server/shapes/own-shapes.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";

const HEADERS = {
  "Content-Type": "application/json; charset=utf-8",
  "Content-Disposition": 'attachment; filename="klatch-export.json"',
} as const;

export function exportRoutes(exports: Exports, guard: Guard) {
  return new Hono<Guarded>().get(
    "/me/export",
    operation({
      group: "Account",
      summary: "Take a copy of all that is one's own",
      details: "A file, sent piece by piece while it is made.",
      answer: exported,
      problems: ["too-many-requests"],
    }),
    async (c) => {
      const pieces = await exports.open(await guard.session(c));
      return c.body(ReadableStream.from(encoded(pieces)), 200, HEADERS);
    },
  );
}

/**
 * Pieces are made as they are taken: who reads slowly, or no more, makes nothing pile up. What breaks
 * off is cut off, so that it cannot be taken for the whole.
 */
async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of pieces) yield encoder.encode(piece);
}
