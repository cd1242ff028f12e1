/** Has a challenge answered by a worker, or here in slices where the browser gives none. */
import type { Challenge } from "#protocol/stranger.ts";
import { prove } from "#sdk/strangers/proof.ts";
import type { ProofNews } from "./proof-worker.ts";
// oxlint-disable-next-line import/default -- because Vite makes it
import ADDRESS from "./proof-worker.ts?worker&url";

export async function proveInWorker(
  challenge: Challenge,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const worker = openWorker();
  if (worker === undefined) return prove(challenge, onProgress, signal);
  try {
    return await answerOf(worker, challenge, onProgress, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ErrorEvent || error instanceof Event) {
      return await prove(challenge, onProgress, signal);
    }
    throw error;
  } finally {
    worker.terminate();
  }
}

function answerOf(
  worker: Worker,
  challenge: Challenge,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<ProofNews>) => {
      if ("answer" in data) resolve(data.answer);
      else onProgress(data.done);
    });
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- because it is caught above
    worker.addEventListener("error", (event) => reject(event));
    signal.addEventListener("abort", () => reject(new DOMException("Stopped.", "AbortError")));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- because a worker has none
    worker.postMessage(challenge);
  });
}

/** The page's policy lets one address be run as a worker, and only by this name. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): string };
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

function openWorker(): Worker | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because not all browsers have it
    const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
    policy ??= trustedTypes?.createPolicy("klatch-worker", { createScriptURL: () => ADDRESS });
    return new Worker(policy?.createScriptURL(ADDRESS) ?? ADDRESS, { type: "module" });
  } catch {
    return undefined;
  }
}
