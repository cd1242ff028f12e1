/** Holds a data folder and its Redis to each other: a log that was lost must not look like a fresh install. */
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "#server/start-error.ts";
import { command } from "#server/redis/embedded/command.ts";
import { keys } from "#server/redis/keys.ts";

/**
 * Gives this Redis its marker if it has none, and keeps a copy of that in the data folder. Throws a StartError if the
 * folder knows of a chat and Redis holds nothing of one; a backup from before there were markers still holds people.
 */
export async function mustHoldInstance(
  socket: string,
  dataDir: string,
  say: (line: string) => void,
): Promise<void> {
  const file = join(dataDir, "instance");
  const known = read(file);
  const isEmpty = (await command(socket, ["EXISTS", keys.instance, keys.totalUsers])) === "0";
  if (known !== undefined && isEmpty) {
    throw new StartError(
      `Redis came up empty, although the data folder ${dataDir} has held a chat.`,
      `Bring back a backup of ${join(dataDir, "redis")}; or, to begin anew with an empty chat, remove ${file}.`,
    );
  }
  await command(socket, ["SET", keys.instance, randomUUID(), "NX"]);
  const marker = await command(socket, ["GET", keys.instance]);
  if (known === marker) return;
  if (known !== undefined) say("Redis holds another chat than at the last start.");
  writeFileSync(file, marker, { mode: 0o600, flush: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
