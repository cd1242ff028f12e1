/** Builds the edges over the core, and listens. */
import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Core } from "#server/assembly/core.ts";
import type { Stage } from "#server/assembly/stage.ts";
import type { StrangerSide } from "#server/assembly/strangers.ts";
import { openTutorial } from "#server/assembly/tutorial.ts";
import type { ChatError } from "#server/core/chat-error.ts";
import { createApp, refuseUnreadable } from "#server/http/app.ts";
import { readCookie } from "#server/http/cookie.ts";
import { Guard } from "#server/http/guard.ts";
import { securityHeaders } from "#server/http/headers.ts";
import type { Promised } from "#server/http/health-routes.ts";
import { listen } from "#server/http/listener.ts";
import { clientAddress, isLoopbackName, isOwnOrigin } from "#server/http/origin.ts";
import { problemText, toProblem } from "#server/http/problem.ts";
import type { FrontPage } from "#server/http/pages.ts";
import type { StaticFiles } from "#server/http/static-files.ts";
import { EventStreams } from "#server/realtime/event-streams.ts";
import { Polling } from "#server/realtime/polling.ts";
import { SlowReaders } from "#server/realtime/slow-readers.ts";
import { SocketEdge } from "#server/realtime/socket-edge.ts";
import { StrangerEdge } from "#server/realtime/stranger-edge.ts";
import { systemClock } from "#server/system-clock.ts";

/** What the edges show besides the chat. */
interface Shown {
  readonly files: StaticFiles;
  readonly frontPage?: FrontPage | undefined;
  readonly durability: Promised;
}

/** Resolves to the port once requests are taken. */
export async function openEdges(
  stage: Stage,
  core: Core & StrangerSide,
  shown: Shown,
): Promise<number> {
  const { config, log, stack } = stage;
  const whence = {
    publicOrigins: config.publicOrigins,
    trustedProxies: config.trustedProxies,
    isLoopback: isLoopbackName(config.host),
  };
  const guard = new Guard(core.accounts, whence);
  const headers = securityHeaders(guard.isHttps);
  const inFull = (refusal: ChatError) => problemText(refusal, headers);
  const gate = {
    inFull,
    isOwnOrigin: (origin: string, host: string | undefined) => isOwnOrigin(origin, host, whence),
    cookieToken: (header: string | undefined) => readCookie(header, guard.isHttps),
  };
  const onError = (error: unknown, where: string) => {
    log.error({ error, where }, "unexpected error");
  };
  const slow = new SlowReaders(systemClock);
  slow.start();
  stack.defer(() => {
    slow.stop();
  });
  const live = { ...core, clock: systemClock, slow, onError };
  const pollingGate = config.tutorial ? { ...gate, headers, problem: toProblem } : undefined;
  const sockets = new SocketEdge({ ...live, gate, pollingGate });
  const addressOf = (peer: string | undefined, forwarded: string | undefined) =>
    clientAddress(peer, forwarded, whence.trustedProxies);
  const strangerEdge = new StrangerEdge(sockets.strangers, { ...live, addressOf });
  const streams = new EventStreams(live);
  let isDraining = false;
  const readiness = async () => (isDraining ? ["This server is shutting down."] : core.readiness());
  const tutorial = config.tutorial ? openTutorial(live, { guard, headers, sockets }) : undefined;
  const guests = tutorial?.routes;
  const app = createApp({ ...live, guard, ...shown, readiness, streams, guests });
  const handle = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => refuseUnreadable(headers),
  });
  const edge = {
    handle: dispatch(sockets.polling, (request, response) => void handle(request, response)),
    upgrade: sockets.upgrade.bind(sockets),
    inFull,
  };
  const listener = await listen(edge, config);
  stack.defer(async () => {
    isDraining = true;
    streams.drain();
    tutorial?.drain();
    strangerEdge.drain();
    await Promise.all([listener.close(), sockets.drain()]);
  });
  return listener.port;
}

/** Sends what polls to where it is answered, and everything else to the routes. */
function dispatch(polling: Polling | undefined, handle: RequestListener): RequestListener {
  return (request, response) => {
    if (polling !== undefined && Polling.isFor(request)) polling.handle(request, response);
    else handle(request, response);
  };
}
