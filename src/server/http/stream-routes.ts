/** The REST route of live events: `text/event-stream`, for programs without a socket. */
import { Hono } from "hono";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Session } from "#server/core/people/accounts.ts";
import { LIMITS } from "#protocol/limits.ts";
import * as answers from "#server/shapes/answers.ts";
import * as schemas from "#server/shapes/schemas.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { refuse } from "./problem.ts";

/** What the route needs of the SSE edge. */
export interface Streams {
  /** Refuses by throwing, before anything is written. */
  open(
    session: Session,
    rooms: readonly string[] | undefined,
    cursor: string | undefined,
    reader: StreamReader,
  ): Promise<void>;
}

export interface StreamReader {
  write(text: string): void;
  bytes(): number;
  end(): void;
  destroy(): void;
  onGone(task: () => void): void;
}

/**
 * `X-Accel-Buffering` keeps nginx, and `no-transform` every other proxy, from holding events back.
 */
const HEADERS = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
} as const;

export function streamRoutes(
  streams: Streams,
  guard: Guard,
  security: Readonly<Record<string, string>>,
) {
  return new Hono<Guarded>().get(
    "/events",
    operation({
      group: "Live",
      summary: "Hear everything as it happens",
      access: "read",
      details:
        "Server-sent events, each with a position as its `id`. First `joined` for each room, then " +
        "`message`, `edit`, `delete`, `reaction`, `pin`, `fork`, `rooms`, `read` and `seen`; " +
        "`closing` says why the stream ends.",
      query: schemas.eventsQuery,
      headers: {
        "Last-Event-ID": "The `id` of the last event one has; what was missed comes first.",
      },
      answer: answers.eventStream,
      type: "text/event-stream",
      problems: ["bad-request", "not-found", "too-many-requests"],
    }),
    async (c) => {
      const session = await guard.session(c);
      const rooms = c.req.query("rooms")?.split(",");
      const cursor = c.req.header("Last-Event-ID");
      if ((cursor?.length ?? 0) > LIMITS.urlCharsMax * 4) {
        throw refuse("bad-request", "Last-Event-ID must be the id of an event of this stream.");
      }
      const { outgoing } = c.env;
      let hasHead = false;
      const reader: StreamReader = {
        write: (text) => {
          // The head goes out with the first words, so that a refusal still can be one.
          if (!hasHead) outgoing.writeHead(200, { ...security, ...HEADERS });
          hasHead = true;
          outgoing.write(text);
        },
        bytes: () => outgoing.writableLength,
        end: () => outgoing.end(),
        destroy: () => outgoing.destroy(),
        onGone: (task) => outgoing.once("close", task),
      };
      await streams.open(session, rooms, cursor, reader);
      return RESPONSE_ALREADY_SENT;
    },
  );
}
