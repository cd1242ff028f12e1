/** Where the Redis that a running Klatch keeps its chat in can be reached. */
import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { command } from "#server/redis/embedded/command.ts";
import { socketFolder } from "#server/redis/embedded/config.ts";
import { StartError } from "#server/start-error.ts";

/** Its unix socket. Throws a StartError if no Klatch runs with this data folder. */
export async function findSocket(data: string): Promise<string> {
  const folder = resolve(data);
  try {
    const socket = join(socketFolder(realpathSync(folder)), "durable.sock");
    await command(socket, ["PING"]);
    return socket;
  } catch {
    throw new StartError(
      `No Klatch is running with the data folder ${folder}.`,
      "Start it with npm start, or name its folder: -- --data <folder>",
    );
  }
}
