/** Sends one's picture as it is; the server makes a small square of it. */
import type { Profile } from "#protocol/person.ts";
import { KlatchError } from "#sdk/index.ts";

const BYTES_MAX = 5 * 1024 * 1024;

/** @throws KlatchError with words */
export async function uploadPicture(file: File): Promise<Profile> {
  if (file.size > BYTES_MAX) {
    throw new KlatchError(
      "too-large",
      "A picture can have up to 5 MiB. Please choose a smaller one.",
    );
  }
  const answer = await fetch("/api/me/picture", { method: "PUT", body: file }).catch(
    () => undefined,
  );
  if (answer === undefined) {
    throw new KlatchError("offline", "The server cannot be reached. Please try again.");
  }
  const body: unknown = await answer.json().catch(() => undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is ours
  if (answer.ok) return body as Profile;
  throw new KlatchError("picture-not-allowed", detailOf(body));
}

function detailOf(problem: unknown): string {
  const isTold = typeof problem === "object" && problem !== null && "detail" in problem;
  return isTold && typeof problem.detail === "string"
    ? problem.detail
    : "That picture could not be taken. Please try another.";
}
