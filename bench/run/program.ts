/** Programs of a bench, each in a process of its own: one is given a plan, answers once, and ends with its starter. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Program<Answer> extends AsyncDisposable {
  readonly pid: number;
  readonly answer: Answer;
}

/** A program that says nothing for this long is stuck. */
const ANSWER_MS = 15 * 60_000;

/**
 * Starts `bench/<file>` with a plan and resolves with its answer; it goes on running until it is
 * disposed of. Rejects if it ends before. Plan and answer are plain data.
 */
export async function startProgram<Answer>(file: string, plan: unknown): Promise<Program<Answer>> {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const child = fork(path, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = once(child, "close");
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  try {
    child.send({ plan });
    const answer: unknown = await Promise.race([
      once(child, "message", { signal: AbortSignal.timeout(ANSWER_MS) }),
      ended.then(() => {
        throw new Error(`${file} ended before it answered.`);
      }),
    ]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the other end is ours
    const [answered] = answer as [Answer];
    return {
      pid: child.pid ?? 0,
      answer: answered,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs a program to its answer. */
export async function runProgram<Answer>(file: string, plan: unknown): Promise<Answer> {
  await using program = await startProgram<Answer>(file, plan);
  return program.answer;
}

/** The other end: takes the plan, answers, and ends when nobody listens any more. `work` says what a plan is. */
export async function takePlan(work: (plan: never) => Promise<unknown>): Promise<void> {
  process.once("disconnect", () => {
    process.exit();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the other end is ours
  const [{ plan }] = (await once(process, "message")) as [{ readonly plan: never }];
  process.send?.(await work(plan));
}
