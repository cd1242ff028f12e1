/**
 * The documents are true: every example of PROTOCOL.md and README.md runs, against a real server.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { ERRORS } from "#protocol/errors.ts";
import type { Line } from "#test/support/member.ts";
import { Member, PASSWORD, request, tokenOf } from "#test/support/member.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { until } from "#test/support/until.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const PROTOCOL = read("docs/PROTOCOL.md");

interface Example {
  readonly kind: "http" | "command";
  readonly text: string;
}

const examples: readonly Example[] = Array.from(
  PROTOCOL.matchAll(/^```(?<kind>http|command)\n(?<text>[\s\S]*?)^```$/gmu),
  ({ groups }) => ({
    kind: groups?.["kind"] === "http" ? "http" : "command",
    text: groups?.["text"] ?? "",
  }),
);

/**
 * Values that differ from run to run: what the document calls by one name is learnt, then meant by
 * it.
 */
class Glossary {
  readonly #meant = new Map<string, string>();

  /** The question with real ids; the answer as it is written, so that new ids can be learnt. */
  asked(text: string): string {
    const [question = "", ...answer] = text.split("\n\n");
    return [this.real(question), ...answer].join("\n\n");
  }

  real(text: string): string {
    return text.replace(/\d{10}\.\d{6}/gu, (written) => this.#meant.get(written) ?? written);
  }

  /**
   * Compares an answer with the document, learning ids; throws where they differ in more than time.
   */
  compare(real: unknown, written: unknown, path = "answer"): void {
    if (path.endsWith(".address")) {
      assert.match(String(real), /^http:\/\/[\w.:]+\/api\/hooks\/\d+\/[\w-]{43}$/u, path);
    } else if (typeof written === "string" && /^\d{10}\.\d{6}$/u.test(written)) {
      assert.match(String(real), /^\d{10}\.\d{6}$/u, path);
      const meant = this.#meant.get(written) ?? String(real);
      this.#meant.set(written, meant);
      assert.equal(real, meant, path);
    } else if (path.endsWith(".token")) {
      assert.match(String(real), /^[\w-]{43}$/u, path);
    } else if (/\.(?:date|since|createdAt)$/u.test(path)) {
      assert.equal(typeof real, "number", path);
    } else if (isRecord(written)) {
      assert.ok(isRecord(real), path);
      assert.deepEqual(Object.keys(real).toSorted(), Object.keys(written).toSorted(), path);
      for (const key of Object.keys(written)) {
        this.compare(real[key], written[key], `${path}.${key}`);
      }
    } else {
      assert.deepEqual(real, written, path);
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

const isSignOut = ({ text }: Example) => text.startsWith("DELETE /api/session");

describe("PROTOCOL.md", { concurrency: false }, () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  let token = "";
  let line: Line | undefined;
  const glossary = new Glossary();
  before(async () => {
    redis = await startRedis();
    server = await startServer({ args: ["--redis-url", redis.url] });
  });
  after(async () => {
    line?.socket.disconnect();
    await server.stop();
    await redis.stop();
  });

  // Signing out comes first in the document and last in a life.
  const inOrder = [...examples.filter((it) => !isSignOut(it)), ...examples.filter(isSignOut)];

  for (const { kind, text } of inOrder) {
    const [title = ""] = text.split("\n");
    test(`example: ${title}`, async () => {
      await (kind === "http" ? runHttp(text) : runCommand(text));
    });
  }

  async function runHttp(text: string): Promise<void> {
    const [asked = "", answered = ""] = glossary.asked(text).split("\n\n");
    const [first = "", ...body] = asked.split("\n");
    const [method = "", path = ""] = first.split(" ");
    const [status, ...expected] = answered.split("\n");
    const answer = await request(server.url, method, path, {
      ...(body.length > 0 && { body: body.join("\n") }),
      headers: token === "" ? {} : { Authorization: `Bearer ${token}` },
    });
    assert.equal(String(answer.status), status, answer.text);
    if (answer.headers.getSetCookie().length > 0 && answer.status < 204) token = tokenOf(answer);
    if (expected.join("").trim() === "") assert.equal(answer.text, "");
    else glossary.compare(answer.json(), JSON.parse(expected.join("\n")));
  }

  async function runCommand(text: string): Promise<void> {
    line ??= await new Member(
      server.url,
      { id: 1, username: "Ada", role: "owner" },
      token,
    ).connect();
    const [asked = "", ...expected] = text.split("\n");
    const [name = ""] = asked.split(" ");
    const payload: unknown = JSON.parse(glossary.real(asked.slice(name.length)));
    glossary.compare(await line.ask(name, payload), JSON.parse(expected.join("\n")));
  }

  test("an event looks as the document shows it", async () => {
    const written: unknown = JSON.parse(
      /### What the server sends[\s\S]*?```json\n([\s\S]*?)```/u.exec(PROTOCOL)?.[1] ?? "",
    );
    const ada = await Member.enter(server.url, "Bea");
    await using own = await ada.connect();
    await own.join();
    await own.send("Hello from a socket", "9b2d3c4e-55aa");
    await own.until(() => own.events.length > 0, "the event");
    const [event] = own.events;
    assert.ok(isRecord(written) && isRecord(written["data"]) && event?.type === "message");
    assert.deepEqual(Object.keys(event), Object.keys(written));
    assert.deepEqual(Object.keys(event.data), Object.keys(written["data"]));
  });

  test("every error code, and no other, is in its table", () => {
    const table = PROTOCOL.slice(PROTOCOL.indexOf("| code |"), PROTOCOL.indexOf("## Socket.IO"));
    const listed = Array.from(table.matchAll(/`([a-z-]+)`(?=[,| ])/gu), ([, code]) => code ?? "");
    const codes = listed.filter((code) => !code.includes("/"));
    assert.deepEqual(codes.toSorted(), Object.keys(ERRORS).toSorted());
    for (const [code, { status }] of Object.entries(ERRORS)) {
      const row = table.split("\n").find((it) => it.includes(`\`${code}\``));
      assert.ok(row?.includes(`| ${status} |`), `${code} ${status}`);
    }
  });

  test("the limits it names are the limits", () => {
    const section = PROTOCOL.slice(PROTOCOL.indexOf("## Limits")).replaceAll(",", "");
    for (const number of [
      LIMITS.messageCharsMax,
      LIMITS.sendBurst,
      LIMITS.sendPerSecond,
      LIMITS.commandBurst,
      LIMITS.commandPerSecond,
      LIMITS.roomsPerConnectionMax,
      LIMITS.connectionsPerUserMax,
      LIMITS.pingIntervalMs / 1000,
      LIMITS.pingTimeoutMs / 1000,
      LIMITS.frameBytesMax / 1024,
    ]) {
      assert.match(section, new RegExp(`\\b${number}\\b`, "u"));
    }
  });
});

test("the program in README.md runs as it stands and says hello", async () => {
  await using redis = await startRedis();
  await using server = await startServer({ args: ["--redis-url", redis.url] });
  const echo = await Member.enter(server.url, "echo");
  const code = /```ts\n([\s\S]*?)```/u.exec(read("README.md"))?.[1] ?? "";
  assert.ok(code.includes(PASSWORD));
  const folder = new URL(".cache/readme/", root);
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL(`example-${process.pid}.ts`, folder));
  writeFileSync(file, code.replace("http://127.0.0.1:8080", server.url));
  const program = spawn(process.execPath, [file], { stdio: ["ignore", "ignore", "inherit"] });
  try {
    await until(
      async () => (await echo.history()).messages.some((it) => it.message.startsWith("Hello, I")),
      { what: "the program's message", timeoutMs: 10_000 },
    );
  } finally {
    program.kill("SIGKILL");
    rmSync(file);
  }
});

test("the bot in examples/ answers whoever asks it", async () => {
  await using redis = await startRedis();
  await using server = await startServer({ args: ["--redis-url", redis.url] });
  const [echo, ada] = [
    await Member.enter(server.url, "echo"),
    await Member.enter(server.url, "Ada"),
  ];
  const file = fileURLToPath(new URL("examples/bot.ts", root));
  const args = [file, server.url, "echo", PASSWORD];
  const bot = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  try {
    // It hears what is said once it is there; who asks too early asks again.
    let asked = 0;
    await until(
      async () => {
        if (asked++ % 20 === 0) await ada.say("!echo hello from the desk");
        const { messages } = await ada.history();
        return messages.some(
          ({ from, message }) => from === echo.me.id && message === "hello from the desk",
        );
      },
      { what: "the echo", timeoutMs: 10_000, everyMs: 50 },
    );
  } finally {
    bot.kill("SIGKILL");
  }
});
