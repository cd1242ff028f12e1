/**
 * Whether a Redis really forgets: what strangers leave there must reach no disk, log or copy. Asked
 * at the start and again while running; whatever cannot be read counts as not forgetting.
 */
import { ChatError } from "#server/core/chat-error.ts";
import type { Redis } from "#server/redis/connect.ts";
import { answered } from "#server/redis/connect.ts";
import { readInfo } from "#server/redis/health/inspection.ts";

/** The user that Klatch signs in as on its own forgetful Redis. */
export const STRANGER_USER = "strangers";

/**
 * What the user that Klatch signs in as may do: enough to pair people, nothing that keeps text or
 * writes to a disk. (A list or a stream is where somebody would put messages.)
 */
export const STRANGER_RULES =
  "~{lobby}:* &{lobby}:* &{pair:* -@all +@hash +@sortedset +@string -@dangerous " +
  "+eval +evalsha +script|load +spublish +ssubscribe +sunsubscribe +time +info " +
  "+del +exists +expire +pexpire +pttl +config|get +acl|whoami +acl|dryrun " +
  "+hello +auth +ping +quit +client|setname";

/** A setting, what it must be, and what would happen otherwise. */
const SETTINGS = [
  ["save", "", "it writes snapshots to disk"],
  ["appendonly", "no", "it writes every command to disk"],
  ["slowlog-log-slower-than", "-1", "slow commands are kept with their arguments"],
  ["notify-keyspace-events", "", "it tells everybody which keys come and go"],
  ["maxmemory-policy", "noeviction", "it may throw away a chat that goes on"],
] as const;

/** Must be denied: each could keep something, make Redis do so, or take the right to it. */
export const DENIED = [
  ["XADD", "{lobby}:x", "*", "a", "b"],
  ["LPUSH", "{lobby}:x", "a"],
  ["RPUSH", "{lobby}:x", "a"],
  ["SADD", "{lobby}:x", "a"],
  ["PERSIST", "{lobby}:x"],
  ["PUBLISH", "{lobby}:x", "a"],
  ["SAVE"],
  ["BGSAVE"],
  ["BGREWRITEAOF"],
  ["MONITOR"],
  ["REPLICAOF", "a", "1"],
  ["PSYNC", "?", "-1"],
  ["CONFIG", "SET", "appendonly", "yes"],
  ["ACL", "SETUSER", "a"],
] as const;

/**
 * What makes this Redis unfit for strangers, in words with the cure; empty if it forgets. `keeper` is
 * the `run_id` of the Redis that keeps everything. Rejects with `unavailable` when it is away.
 */
export async function forgetfulFaults(redis: Redis, keeper: string): Promise<readonly string[]> {
  try {
    const [info, settings, allowed] = await Promise.all([
      answered(redis.info()).then(readInfo),
      answered(redis.configGet([...SETTINGS.map(([name]) => name), "crash-log-enabled"])),
      allowedCommands(redis),
    ]);
    const isAlone = info.get("role") === "master" && info.get("connected_slaves") === "0";
    const checks: readonly (readonly [isGood: boolean, otherwise: string])[] = [
      ...SETTINGS.map(
        ([name, wanted, why]) =>
          [settings[name] === wanted, `${why}: set ${name} to ${wanted || '""'}`] as const,
      ),
      [
        settings["crash-log-enabled"] === "no",
        "when it crashes it logs what it was doing: set crash-log-enabled to no",
      ],
      [
        isAlone,
        "it has a replica, or is one, and a copy may go through a file: let it stand alone",
      ],
      [info.get("run_id") !== keeper, "it is the Redis that keeps everything: start another one"],
      ...allowed.map(
        (command) => [false, `its user may ${command}: give it fewer rights`] as const,
      ),
    ];
    return checks.flatMap(([isGood, otherwise]) => (isGood ? [] : [otherwise]));
  } catch (error) {
    if (error instanceof ChatError) throw error;
    return ["its settings cannot be read: allow INFO, CONFIG GET, ACL WHOAMI and ACL DRYRUN"];
  }
}

async function allowedCommands(redis: Redis): Promise<readonly string[]> {
  const user = await answered(redis.aclWhoAmI());
  const tries = DENIED.map(async (command) => {
    const verdict: unknown = await answered(redis.sendCommand(["ACL", "DRYRUN", user, ...command]));
    const [name, second] = command;
    const isContainer = name === "CONFIG" || name === "ACL";
    return verdict === "OK" ? [isContainer ? `${name} ${second}` : name] : [];
  });
  return (await Promise.all(tries)).flat();
}
