/** The HTTP edge: every request passes the same gate, then finds its route. */
import { Hono } from "hono";
import { routePath } from "hono/route";
import { LIMITS } from "#protocol/limits.ts";
import type { Blocks } from "#server/core/people/blocks.ts";
import type { Bots } from "#server/core/people/bots.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Marks } from "#server/core/rooms/marks.ts";
import type { Attendance } from "#server/core/people/attendance.ts";
import type { Preferences } from "#server/core/people/preferences.ts";
import type { Reads } from "#server/core/rooms/reads.ts";
import type { Reports } from "#server/core/rooms/reports.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import type { Standing } from "#server/core/people/standing.ts";
import type { Webhooks } from "#server/core/rooms/webhooks.ts";
import type { BridgeCounts } from "#server/core/bridge/bridge.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { apiRoutes } from "./api-routes.ts";
import { botRoutes } from "./bot-routes.ts";
import { cookieName } from "./cookie.ts";
import type { Guard, Guarded } from "./guard.ts";
import { adminRoutes } from "./admin-routes.ts";
import { blockRoutes } from "./block-routes.ts";
import { securityHeaders } from "./headers.ts";
import type { Promised, Readiness } from "./health-routes.ts";
import { healthRoutes } from "./health-routes.ts";
import { describedRoutes } from "./operation.ts";
import type { FrontPage } from "./pages.ts";
import { Pages } from "./pages.ts";
import { Paths } from "./paths.ts";
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
import type { Operator } from "#server/stranger/safety/operator.ts";
import type { Strangers } from "#server/stranger/strangers.ts";
import { strangerAdminRoutes } from "./stranger-admin-routes.ts";
import { strangerRoutes } from "./stranger-routes.ts";
import { webhookRoutes } from "./webhook-routes.ts";

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
  readonly bots: Bots;
  readonly webhooks: Webhooks;
  readonly strangers: Strangers;
  readonly operator: Operator;
  readonly guard: Guard;
  readonly files: StaticFiles;
  /** Instead of Klatch's own page at the root. */
  readonly frontPage?: FrontPage | undefined;
  /** Routes at the root besides our own: the tutorial's. */
  readonly guests?: Hono<Guarded> | undefined;
  readonly readiness: Readiness;
  readonly durability: Promised;
  /** How often Redis was found to have lost what had been shown. */
  readonly forks: () => number;
  /** Absent where no servers of other kinds are heard. */
  readonly bridge: { readonly counts: BridgeCounts } | undefined;
  readonly streams: Streams;
  /** An error nobody expected; never holds what the request said. */
  readonly onError: (error: unknown, where: string) => void;
}

/** Methods that change nothing, and all that any route takes. */
const SAFE = new Set(["GET", "HEAD"]);
const METHODS = new Set([...SAFE, "POST", "PUT", "PATCH", "DELETE"]);

export function createApp(parts: HttpParts) {
  const { guard, readiness, durability, forks, bridge, onError } = parts;
  const met = () => ({ forks: forks(), ...(bridge && { bridge: bridge.counts }) });
  const pages = new Pages(parts.files, parts.frontPage);
  const headers = Object.entries(securityHeaders(guard.isHttps));
  const paths = new Paths();
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
      if (!METHODS.has(c.req.method)) throw paths.missing(c.req.path);
      const isSafe = SAFE.has(c.req.method);
      if (!isSafe) guard.checkOrigin(c);
      await next();
      if (isSafe) await guard.checkLate(c);
    })
    .route("/", healthRoutes(readiness, durability, met))
    .route("/api", api(parts, paths))
    .route("/", parts.guests ?? new Hono<Guarded>())
    .onError((error, c) => {
      if (!(error instanceof ChatError)) onError(error, `${c.req.method} ${routePath(c)}`);
      return problemResponse(error, paths.methods(c.req.path));
    });
  paths.learn(app.routes);
  return app
    .get("*", (c) => {
      const file = pages.respond(c.req.path, c.req.raw);
      if (file === undefined) throw paths.missing(c.req.path);
      return file;
    })
    .notFound((c) => problemResponse(paths.missing(c.req.path), paths.methods(c.req.path)));
}

/** Everything under `/api`. */
function api(parts: HttpParts, paths: Paths) {
  const { guard, rooms } = parts;
  const cookie = cookieName(guard.isHttps);
  return new Hono<Guarded>()
    .route("/", ownRoutes(parts, guard))
    .route("/", peopleRoutes(parts.accounts, parts.attendance, guard))
    .route("/", blockRoutes(parts.blocks, guard))
    .route("/", preferenceRoutes(parts.preferences, guard))
    .route("/", roomRoutes(rooms, guard))
    .route("/", memberRoutes(rooms, guard))
    .route("/", messageRoutes(parts.chat, guard))
    .route("/", markRoutes(parts, guard))
    .route("/", streamRoutes(parts.streams, guard, securityHeaders(guard.isHttps)))
    .route("/", reportRoutes(parts.reports, guard))
    .route("/", adminRoutes(parts.standing, guard))
    .route("/", botRoutes(parts.bots, guard))
    .route("/", webhookRoutes(parts.webhooks, guard))
    .route("/", strangerRoutes(parts.strangers))
    .route("/", strangerAdminRoutes(parts.operator, guard))
    .route(
      "/",
      apiRoutes(() => describedRoutes(paths.routes), cookie),
    );
}

/** A request without an address that can be read, which no route ever sees. */
export function refuseUnreadable(headers: Readonly<Record<string, string>>): Response {
  const why = "The address or the Host header of this request cannot be read.";
  const response = problemResponse(refuse("bad-request", why));
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
