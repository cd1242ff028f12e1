/**
 * What the servers and Redis see while two talk: their wires (P6), the memory of the servers (P6), a
 * slow log that was switched on (P7), and every write to a file (P5).
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TEXT_MARK, formsOf } from "#test/forget/canaries.ts";
import type { Finding } from "#test/forget/findings.ts";
import { hitsIn, told } from "#test/forget/findings.ts";
import { memoryOf } from "#test/forget/places.ts";
import type { Visitor } from "#test/forget/visitor.ts";
import type { ForgetWorld } from "#test/forget/world.ts";
import { until } from "#test/support/until.ts";

/** Of these, neither a wire between servers nor a slow log may carry anything. */
const NEVER = ["text", "interest", "name", "token", "address", "agent"] as const;

type Two = readonly [Visitor, Visitor];

/** Both say something, and both read it. */
export async function talk([ada, bob]: Two): Promise<void> {
  for (const [from, to] of [
    [ada, bob],
    [bob, ada],
  ] as const) {
    await to.reads(from.say());
  }
}

/** Everything that Redis is told, in a new chat: `MONITOR`, which shows more than any subscriber hears. */
export async function wireFinding(world: ForgetWorld): Promise<Finding> {
  const monitor = connect(world.socketOf("forgetful"));
  const heard: Buffer[] = [];
  monitor.on("data", (part: Buffer) => heard.push(part));
  monitor.write("MONITOR\r\n");
  await until(() => heard.length > 0, { what: "Redis tells what it is told" });
  const two = await world.pair();
  await talk(two);
  await until(() => Buffer.concat(heard).includes("SPUBLISH"), { what: "frames pass" });
  monitor.destroy();
  const bytes = Buffer.concat(heard);
  const hits = world.canaries.finder(NEVER).in(bytes);
  const commands = bytes.toString("latin1").split("\n").length;
  leave(two);
  return {
    promise: "P6",
    how: "all that the forgetful Redis is told during a chat (MONITOR)",
    looked: `${commands} commands`,
    hits: hits.map((hit) => told(hit, "MONITOR")),
  };
}

/** Every packet that went over the wire of anyone so far. */
export function tapFinding(world: ForgetWorld): Finding {
  const packets = world.visitors.flatMap((visitor) => visitor.packets);
  const hits = world.canaries
    .finder(["text"])
    .in(Buffer.from(packets.map(({ text }) => text).join("\n")));
  return {
    promise: "P6",
    how: "all packets between pages and servers",
    looked: `${packets.length} packets`,
    hits: hits.map((hit) => told(hit, "a packet")),
  };
}

/** The memory of both servers, in the middle of a chat. */
export async function memoryFinding(world: ForgetWorld): Promise<Finding> {
  const two = await world.pair();
  await talk(two);
  // All texts begin alike, which a gigabyte is quickly looked through for.
  const forms = formsOf(TEXT_MARK);
  const [uid = ""] = world.canaries.of("uid").slice(-1);
  let bytes = 0;
  let isSeen = false;
  const hits: string[] = [];
  try {
    for (const { pid } of [world.one, world.two]) {
      for (const piece of memoryOf(pid)) {
        bytes += piece.length;
        const found = forms.filter((each) => piece.includes(each.bytes));
        hits.push(...found.map(({ form }) => `a text (${form}) in the memory of server ${pid}`));
        isSeen ||= piece.includes(uid);
      }
    }
  } catch (error) {
    return left("P6", "the memory of the servers", error);
  }
  // Their ids are there: whoever does not find those would not find a text either.
  if (!isSeen) hits.push("no ids were found, so this proves nothing");
  leave(two);
  const megabytes = `${Math.round(bytes / 1e6)} MB`;
  return {
    promise: "P6",
    how: "the memory of both servers during a chat",
    looked: megabytes,
    hits,
  };
}

/** The heap of one server as its own inspector writes it. */
export async function heapFinding(world: ForgetWorld): Promise<Finding> {
  const two = await world.pair();
  await talk(two);
  process.kill(world.one.pid, "SIGUSR2");
  const snapshot = () => world.files().find((path) => path.endsWith(".heapsnapshot"));
  const isWhole = () => {
    const path = snapshot();
    return path !== undefined && readFileSync(path).subarray(-8).toString().trim().endsWith("}");
  };
  await until(isWhole, { what: "a heap snapshot", timeoutMs: 60_000, everyMs: 500 });
  const path = snapshot() ?? "";
  const bytes = readFileSync(path);
  const hits = world.canaries.finder(["text"]).in(bytes);
  leave(two);
  return {
    promise: "P6",
    how: "a heap snapshot of a server during a chat",
    looked: `${Math.round(bytes.length / 1e6)} MB`,
    hits: hits.map((hit) => told(hit, "the heap")),
  };
}

/** A slow log that keeps every command for a moment: of a chat it holds what nobody can read. */
export async function slowLogFinding(world: ForgetWorld): Promise<Finding> {
  const { forgetful } = world;
  const two = await world.pair();
  await forgetful.sendCommand(["CONFIG", "SET", "slowlog-max-len", "10000"]);
  await forgetful.sendCommand(["CONFIG", "SET", "slowlog-log-slower-than", "0"]);
  await talk(two);
  const log = JSON.stringify(await forgetful.sendCommand(["SLOWLOG", "GET", "-1"]));
  const clients = JSON.stringify(await forgetful.sendCommand(["CLIENT", "LIST"]));
  await forgetful.sendCommand(["CONFIG", "SET", "slowlog-log-slower-than", "-1"]);
  await forgetful.sendCommand(["SLOWLOG", "RESET"]);
  await forgetful.sendCommand(["CONFIG", "SET", "slowlog-max-len", "0"]);
  // The servers may have seen it, and closed for it.
  await world.untilOpen();
  const finder = world.canaries.finder(NEVER);
  const hits = [...finder.in(Buffer.from(log)), ...finder.in(Buffer.from(clients))];
  const isThere = log.includes("SPUBLISH");
  leave(two);
  return {
    promise: "P7",
    how: "a slow log that keeps all, for the length of a chat; the list of clients",
    looked: `${log.length + clients.length} bytes`,
    hits: [
      ...hits.map((hit) => told(hit, "the slow log")),
      ...(isThere ? [] : ["no frame is in the slow log, so this proves nothing"]),
    ],
  };
}

const WRITES = "write,writev,pwrite64,pwritev,pwritev2,sendfile,splice,copy_file_range";

/** Each write of servers and Redis to a file, as the kernel sees it, in the length of a chat. */
export async function writesFinding(world: ForgetWorld): Promise<Finding> {
  const how = "writes to files, as the kernel sees them, during a chat (strace)";
  if (spawnSync("strace", ["-V"]).status !== 0) return left("P5", how, "there is no strace");
  const traced = join(world.folder, "strace");
  const pids = [
    world.one.pid,
    world.two.pid,
    await world.pidOf("forgetful"),
    await world.pidOf("durable"),
  ];
  const watch = pids.flatMap((pid) => ["-p", String(pid)]);
  const options = ["-f", "-y", "-xx", "-s", "1000000", "-e", `trace=${WRITES}`, "-o", traced];
  const tracer = spawn("strace", [...options, ...watch], { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  tracer.stderr.setEncoding("utf8").on("data", (part: string) => (words += part));
  const ended = once(tracer, "close");
  await until(
    () => pids.every((pid) => words.includes(`${pid} attached`)) || tracer.exitCode !== null,
    {
      what: "strace is attached",
      timeoutMs: 20_000,
    },
  );
  if (tracer.exitCode !== null) return left("P5", how, words.trim());
  const two = await world.pair();
  await talk(two);
  await two[0].reload();
  await talk(two);
  leave(two);
  tracer.kill("SIGINT");
  await ended;
  const lines = readFileSync(traced, "latin1").split("\n");
  // `-y` names what a number stands for: a path, or `socket:[…]`, `pipe:[…]`.
  const toFiles = lines.filter((line) => /^\d+ +\w+\(\d+<(?:\/|\\x2f)/u.test(line));
  const entries = toFiles.map((line) => ({
    key: line.slice(0, 60),
    text: line.replace(/\\x([\da-f]{2})/gu, (_, byte: string) =>
      String.fromCodePoint(Number.parseInt(byte, 16)),
    ),
  }));
  const sockets = lines.length - toFiles.length;
  return {
    promise: "P5",
    how,
    looked: `${toFiles.length} writes to files, ${sockets} to sockets and pipes`,
    hits: [
      ...hitsIn(world.canaries.finder(), entries),
      ...(sockets > 10 ? [] : ["strace saw next to nothing, so this proves nothing"]),
    ],
  };
}

function leave(two: Two): void {
  for (const each of two) each[Symbol.dispose]();
}

/** What could not be looked at here is said, and is no hit. */
function left(promise: string, how: string, why: unknown): Finding {
  const words = why instanceof Error ? why.message : String(why);
  return { promise, how, looked: `left out: ${words.split("\n")[0]}`, hits: [] };
}
