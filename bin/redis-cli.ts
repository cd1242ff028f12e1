/** `npm run redis-cli`: a shell on the Redis that holds the chat; with arguments, one command. */
import { runCommand } from "#bin/run/command.ts";
import { findSocket } from "#bin/run/own-redis.ts";
import { runAloud } from "#bin/run/programs.ts";
import { findRedis } from "#bin/provision/redis.ts";
import { StartError } from "#server/start-error.ts";

await runCommand(async () => {
  const { settings, rest } = splitArgs(process.argv.slice(2));
  const url = settings["redis-url"] ?? process.env["REDIS_URL"];
  const data = settings["data"] ?? process.env["DATA_DIR"] ?? "data";
  const target = url ? toTarget(url) : { args: ["-s", await findSocket(data)], env: {} };
  const redis = await findRedis(console.error);
  if (redis.cli === undefined) {
    throw new StartError(
      "There is no redis-cli on this system. Install redis-tools, or valkey-tools.",
    );
  }
  const env = { ...process.env, ...redis.env, ...target.env };
  return runAloud(redis.cli, [...target.args, ...rest], { env });
});

/** Our own flags, which come first; all that follows is for redis-cli. */
function splitArgs(args: readonly string[]): {
  settings: Readonly<Record<string, string>>;
  rest: readonly string[];
} {
  const [first = "", second] = args;
  const [, name, inline] = /^--(data|redis-url)(?:=(.*))?$/u.exec(first) ?? [];
  const value = inline ?? second;
  if (name === undefined || value === undefined) return { settings: {}, rest: args };
  const { settings, rest } = splitArgs(args.slice(inline === undefined ? 2 : 1));
  return { settings: { [name]: value, ...settings }, rest };
}

/** What redis-cli needs for an address. The password goes through the environment, where ps does not show it. */
function toTarget(address: string): { args: readonly string[]; env: Record<string, string> } {
  if (address.startsWith("unix:")) return { args: ["-s", address.slice("unix:".length)], env: {} };
  const url = parseUrl(address);
  const args = ["-h", url.hostname, "-p", url.port === "" ? "6379" : url.port];
  if (url.protocol === "rediss:") args.push("--tls");
  if (url.username !== "") args.push("--user", decodeURIComponent(url.username));
  if (url.pathname.length > 1) args.push("-n", url.pathname.slice(1));
  const env: Record<string, string> = {};
  if (url.password !== "") env["REDISCLI_AUTH"] = decodeURIComponent(url.password);
  return { args, env };
}

function parseUrl(address: string): URL {
  const url = URL.parse(address);
  if (url !== null && /^rediss?:$/u.test(url.protocol)) return url;
  throw new StartError(
    "REDIS_URL is not an address of a Redis.",
    "It looks like redis://user:password@host:6379, rediss://… or unix:/path/of/a.sock",
  );
}
