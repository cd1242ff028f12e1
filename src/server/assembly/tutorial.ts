/** Builds the tutorial's edge over the core: its routes, its sockets, its streams, and its page. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Hono } from "hono";
import type { Core } from "#server/assembly/core.ts";
import type { Clock } from "#server/core/clock.ts";
import { readBody } from "#server/http/body.ts";
import { noCookie, sessionCookie } from "#server/http/cookie.ts";
import type { Guard, Guarded } from "#server/http/guard.ts";
import type { FrontPage } from "#server/http/pages.ts";
import { StaticFiles } from "#server/http/static-files.ts";
import type { SlowReaders } from "#server/realtime/slow-readers.ts";
import type { SocketEdge } from "#server/realtime/socket-edge.ts";
import { queueOf } from "#server/realtime/socket-queue.ts";
import { StartError } from "#server/start-error.ts";
import type { Door } from "#server/tutorial/door.ts";
import { pagePolicy } from "#server/tutorial/page-policy.ts";
import { tutorialRoutes } from "#server/tutorial/routes.ts";
import { serveSockets } from "#server/tutorial/sockets.ts";
import { TutorialStreams } from "#server/tutorial/streams.ts";
import { Visitors } from "#server/tutorial/visitors.ts";

interface Live extends Core {
  readonly clock: Clock;
  readonly slow: SlowReaders;
  readonly onError: (error: unknown, where: string) => void;
}

interface Surroundings {
  readonly guard: Guard;
  /** Those of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sockets: Pick<SocketEdge, "root" | "whose">;
}

export interface Tutorial {
  readonly routes: Hono<Guarded>;
  /** Ends its streams; its sockets end with all others. */
  drain(): void;
}

export function openTutorial(live: Live, { guard, headers, sockets }: Surroundings): Tutorial {
  const visitors = new Visitors(live);
  const parts = { ...live, visitors };
  const { slow } = live;
  serveSockets(sockets.root, {
    ...parts,
    identify: (socket) => sockets.whose(socket),
    watchQueue: (connection) => slow.watch(queueOf(connection)),
  });
  const streams = new TutorialStreams({ ...parts, watchStream: (queue) => slow.watch(queue) });
  return {
    routes: tutorialRoutes({ ...live, streams }, doorOf(guard, headers)),
    drain: () => {
      streams.drain();
    },
  };
}

function doorOf(guard: Guard, headers: Readonly<Record<string, string>>): Door<Guarded> {
  return {
    headers,
    session: (c) => guard.session(c),
    client: (c) => guard.client(c),
    body: (c) => readBody(c, z.unknown()),
    welcome: async (c, { token }) => {
      await guard.endReplaced(c);
      c.header("Set-Cookie", sessionCookie(token, guard.isHttps));
    },
    farewell: (c) => {
      c.header("Set-Cookie", noCookie(guard.isHttps));
    },
    response: (c) => c.env.outgoing,
  };
}

/** The tutorial's built page, read once; throws a `StartError` for a folder that holds none. */
export function openPage(folder: string): FrontPage {
  try {
    const html = readFileSync(join(folder, "index.html"), "utf8");
    return { files: new StaticFiles(folder), policy: pagePolicy(html) };
  } catch {
    throw new StartError(
      `--tutorial-page: there is no index.html to be read in ${folder}. Give the folder of a built page.`,
    );
  }
}
