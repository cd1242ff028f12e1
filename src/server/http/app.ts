/** The HTTP edge: every request passes the same gate, then finds its route. */
import { Hono } from "hono";
import { routePath } from "hono/route";
import { LIMITS } from "#protocol/limits.ts";
import type { Blocks } from "#server/core/people/blocks.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Marks } from "#server/core/rooms/marks.ts";
import type { Attendance } from "#server/core/people/attendance.ts";
import type { Preferences } from "#server/core/people/preferences.ts";
import type { Reads } from "#server/core/rooms/reads.ts";
import type { Reports } from "#server/core/rooms/reports.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import type { Standing } from "#server/core/people/standing.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Guard, Guarded } from "./guard.ts";
import { adminRoutes } from "./admin-routes.ts";
import { blockRoutes } from "./block-routes.ts";
import { securityHeaders } from "./headers.ts";
import type { Promised, Readiness } from "./health-routes.ts";
import { healthRoutes } from "./health-routes.ts";
import { problemResponse, refuse } from "./problem.ts";
import { peopleRoutes } from "./people-routes.ts";
import { markRoutes } from "./mark-routes.ts";
import { memberRoutes } from "./member-routes.ts";
import { messageRoutes } from "./message-routes.ts";
import { preferenceRoutes } from "./preference-routes.ts";
import { reportRoutes } from "./report-routes.ts";
import { roomRoutes } from "./room-routes.ts";
import type { OwnParts } from "./own-routes.ts";
import { ownRoutes } from "./own-routes.ts";
import type { StaticFiles } from "./static-files.ts";
import type { Streams } from "./stream-routes.ts";
import { streamRoutes } from "./stream-routes.ts";

export interface HttpParts extends OwnParts {
  readonly chat: Chat;
  readonly attendance: Attendance;
  readonly preferences: Preferences;
  readonly rooms: Rooms;
  readonly marks: Marks;
  readonly standing: Standing;
  readonly blocks: Blocks;
  readonly reports: Reports;
  readonly reads: Reads;
  readonly guard: Guard;
  readonly files: StaticFiles;
  readonly readiness: Readiness;
  readonly durability: Promised;
  /** How often Redis was found to have lost what had been shown. */
  readonly forks: () => number;
  readonly streams: Streams;
  /** An error nobody expected; never holds what the request said. */
  readonly onError: (error: unknown, where: string) => void;
}

/** Methods that change nothing. */
const SAFE = new Set(["GET", "HEAD"]);
const METHODS = new Set([...SAFE, "POST", "PUT", "PATCH", "DELETE"]);

export function createApp(parts: HttpParts) {
  const { guard, files, onError } = parts;
  const headers = Object.entries(securityHeaders(guard.isHttps));
  const app = new Hono<Guarded>()
    .use(async (c, next) => {
      await next();
      for (const [name, value] of headers) {
        if (!c.res.headers.has(name)) c.res.headers.set(name, value);
      }
    })
    .use(async (c, next) => {
      if ((c.env.incoming.url?.length ?? 0) > LIMITS.urlCharsMax) {
        throw refuse("url-too-long", `An address has up to ${LIMITS.urlCharsMax} characters.`);
      }
      if (!METHODS.has(c.req.method)) {
        throw refuse("method-not-allowed", `${c.req.method} does nothing here.`);
      }
      if (!SAFE.has(c.req.method)) guard.checkOrigin(c);
      await next();
    })
    .route("/", healthRoutes(parts.readiness, parts.durability, parts.forks))
    .route("/api", ownRoutes(parts, guard))
    .route("/api", adminRoutes(parts.standing, guard))
    .route("/api", peopleRoutes(parts.accounts, parts.attendance, guard))
    .route("/api", preferenceRoutes(parts.preferences, guard))
    .route("/api", blockRoutes(parts.blocks, guard))
    .route("/api", roomRoutes(parts.rooms, guard))
    .route("/api", memberRoutes(parts.rooms, guard))
    .route("/api", messageRoutes(parts.chat, guard))
    .route("/api", reportRoutes(parts.reports, guard))
    .route("/api", markRoutes(parts, guard))
    .route("/api", streamRoutes(parts.streams, guard, Object.fromEntries(headers)))
    .onError((error, c) => {
      if (!(error instanceof ChatError)) onError(error, `${c.req.method} ${routePath(c)}`);
      return problemResponse(error);
    });
  const known = pathsOf(app.routes);
  return app
    .get("*", (c) => {
      const file = files.respond(c.req.path, c.req.raw);
      if (file === undefined) throw missing(c.req.path, known);
      return file;
    })
    .notFound((c) => problemResponse(missing(c.req.path, known)));
}

/** A request without an address that can be read, which no route ever sees. */
export function refuseUnreadable(headers: Readonly<Record<string, string>>): Response {
  const why = "The address or the Host header of this request cannot be read.";
  const response = problemResponse(refuse("bad-request", why));
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** Patterns of the paths that are there, by some method or another. */
function pathsOf(routes: readonly { readonly path: string }[]): readonly RegExp[] {
  const named = routes.map(({ path }) => path).filter((path) => !path.includes("*"));
  const patterns = new Set(["/", ...named].map((path) => path.replaceAll(/:[^/]+/gu, "[^/]*")));
  return [...patterns].map((pattern) => new RegExp(`^${pattern}$`, "u"));
}

/**
 * No route for this method; whether the path has another is told for all paths alike, since none of
 * them says whether what it names is there.
 */
function missing(path: string, known: readonly RegExp[]): ChatError {
  if (!known.some((pattern) => pattern.test(path))) return notFound();
  return refuse("method-not-allowed", "This address does not take that method.");
}
