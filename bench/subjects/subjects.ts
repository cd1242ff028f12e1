/** What is compared: each subject is started afresh for each round, in processes of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DialectName } from "#bench/load/dialect.ts";
import { startProgram } from "#bench/run/program.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { tempFolder } from "#test/support/temp.ts";
import type { SocketIoPlan } from "./socket-io-program.ts";
import type { TutorialPlan } from "./tutorial-program.ts";

export interface Subject {
  readonly name: "klatch" | "bridged" | "adapter" | "tutorial" | "bare" | "memory" | "recovery";
  /** As the tables call it. */
  readonly label: string;
  readonly dialect: DialectName;
  /** More messages on their way than this end it; without it there is no such number. */
  readonly windowMax?: number;
  /** Starts one server. */
  readonly start: (redis: RedisProcess, index: number) => Promise<Started>;
}

export interface Started extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

export const KLATCH: Subject = {
  name: "klatch",
  label: "Klatch",
  dialect: "klatch",
  start: ({ url }) =>
    startServer({
      args: ["--redis-url", url],
      // With a launcher named, it ends with that, however that ends.
      env: { KLATCH_PAGE: emptyPage(), KLATCH_LAUNCHER: String(process.pid) },
    }),
};

/** With servers of other kinds on the same Redis; there are none, but they are told. */
export const BRIDGED: Subject = {
  ...KLATCH,
  name: "bridged",
  label: "Klatch with --tutorial",
  start: ({ url }) =>
    startServer({
      args: ["--redis-url", url, "--tutorial"],
      env: { KLATCH_PAGE: emptyPage(), KLATCH_LAUNCHER: String(process.pid) },
    }),
};

export const ADAPTER: Subject = {
  name: "adapter",
  label: "Socket.IO + Redis adapter",
  dialect: "socket.io",
  windowMax: 256,
  start: ({ socket }) => startSocketIo({ redis: socket }),
};

/** Socket.IO as it is without any options. */
export const MEMORY: Subject = {
  name: "memory",
  label: "Socket.IO",
  dialect: "socket.io",
  start: () => startSocketIo({}),
};

export const RECOVERY: Subject = {
  name: "recovery",
  label: "Socket.IO + connection state recovery",
  dialect: "socket.io",
  start: () => startSocketIo({ recovers: true }),
};

export const TUTORIAL: Subject = {
  name: "tutorial",
  label: "the tutorial's scheme",
  dialect: "tutorial",
  windowMax: 256,
  start: ({ socket }, index) => {
    const plan: TutorialPlan = { redis: socket, serverId: `server${index}` };
    return listening("subjects/tutorial-program.ts", plan);
  },
};

export const BARE: Subject = {
  name: "bare",
  label: "a bare program that only writes",
  dialect: "bare",
  start: () => listening("subjects/bare-program.ts", {}),
};

function startSocketIo(plan: SocketIoPlan): Promise<Started> {
  return listening("subjects/socket-io-program.ts", plan);
}

async function listening(file: string, plan: unknown): Promise<Started> {
  const program = await startProgram<{ readonly port: number }>(file, plan);
  const { pid, answer } = program;
  const stop = () => program[Symbol.asyncDispose]();
  return { pid, port: answer.port, [Symbol.asyncDispose]: stop };
}

/** The page plays no part here; one made beforehand spares each start the look for changes. */
function emptyPage(): string {
  if (page === undefined) {
    page = tempFolder();
    writeFileSync(join(page, "index.html"), "<!doctype html><title>Klatch</title>");
  }
  return page;
}

let page: string | undefined;
