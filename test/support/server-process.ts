/** Real Klatch servers: the command a person runs, in a process of its own, on a free port. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const START = fileURLToPath(new URL("../../bin/start.ts", import.meta.url));
/** A cold start with hashing and a page build on a busy machine. */
const READY_MS = 60_000;

export interface ServerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ServerProcess extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Everything printed so far, both streams. */
  readonly output: () => string;
  /**
   * Sends a signal and resolves to how the process ended: its exit code, or the signal that killed
   * it.
   */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  /** Resolves to how the process ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts a server and resolves when it is ready; rejects with its output if it ends before. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const launched = launch(options);
  const { child, output, ended } = launched;
  const url = await Promise.race([
    launched.ready,
    ended.then((how) => {
      throw new Error(`The server ended (${how}) before it was ready:\n${output()}`);
    }),
  ]);
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  const { pid } = child;
  if (pid === undefined) throw new Error("The server has no process id.");
  return {
    url,
    port: Number(new URL(url).port),
    pid,
    output,
    ended,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Starts one that is expected to refuse: resolves to its exit code and output. */
export async function startRefused(
  options: ServerOptions,
): Promise<{ readonly code: number | NodeJS.Signals; readonly output: string }> {
  const { child, output, ended, ready } = launch(options);
  const code = await Promise.race([
    ended,
    ready.then((url) => {
      child.kill("SIGTERM");
      throw new Error(`The server started at ${url} although it should have refused.`);
    }),
  ]);
  return { code, output: output() };
}

function launch({ args = [], env = {} }: ServerOptions): {
  child: ChildProcess;
  output: () => string;
  ready: Promise<string>;
  ended: Promise<number | NodeJS.Signals>;
} {
  const child = spawn(process.execPath, [START, "--port", "0", ...args], {
    env: { ...bareEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const address = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    address.reject(new Error(`The server was not ready in ${READY_MS} ms:\n${text}`));
  }, READY_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const url = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/u.exec(text)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      address.resolve(url);
    });
  }
  const ended = once(child, "close").then(([code, signal]: unknown[]) => {
    clearTimeout(timer);
    return typeof code === "number" ? code : asSignal(signal);
  });
  // Handled by whoever waits; a server that refuses never becomes ready.
  address.promise.catch(() => undefined);
  return { child, output: () => text, ready: address.promise, ended };
}

/** The settings of whoever runs the tests must not reach the servers under test. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, KLATCH_PAGE, KLATCH_TEST_REDIS, LD_LIBRARY_PATH } = process.env;
  return { PATH, HOME, TMPDIR, KLATCH_PAGE, KLATCH_TEST_REDIS, LD_LIBRARY_PATH };
}

function asSignal(signal: unknown): NodeJS.Signals {
  if (signal === "SIGKILL" || signal === "SIGTERM" || signal === "SIGINT") return signal;
  if (signal === "SIGSEGV") return signal;
  throw new Error(`The server ended in an unexpected way: ${String(signal)}`);
}
