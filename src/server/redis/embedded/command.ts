/**
 * One command to a Redis on a unix socket, over a connection of its own: for processes that may not
 * answer.
 */
import { createConnection } from "node:net";

/** Redis answered with an error; `message` is its text, e.g. `LOADING Redis is loading …`. */
export class RedisReplyError extends Error {}

/**
 * Sends one command and gives its answer as text. Understands simple, integer and bulk answers.
 * Rejects with RedisReplyError if Redis says no, with another error if nobody answers within
 * `timeoutMs`.
 */
export function command(
  socket: string,
  args: readonly string[],
  timeoutMs = 2_000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    let received = "";
    connection.setEncoding("utf8");
    connection.setTimeout(timeoutMs, () => connection.destroy(new Error("no answer")));
    connection.once("error", reject);
    connection.once("close", () => reject(new Error("the connection was closed")));
    connection.on("data", (part: string) => {
      received += part;
      const answer = readAnswer(received);
      if (answer === undefined) return;
      if (answer.isError) reject(new RedisReplyError(answer.text));
      else resolve(answer.text);
      connection.destroy();
    });
    connection.write(encode(args));
  });
}

function encode(args: readonly string[]): string {
  const parts = args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
  return `*${args.length}\r\n${parts.join("")}`;
}

/** The answer, once it is complete; what Redis says of itself is ASCII, so characters are bytes. */
function readAnswer(received: string): { isError: boolean; text: string } | undefined {
  const end = received.indexOf("\r\n");
  if (end === -1) return undefined;
  const line = received.slice(1, end);
  if (!received.startsWith("$")) return { isError: received.startsWith("-"), text: line };
  const body = received.slice(end + 2);
  const length = Math.max(0, Number(line));
  return body.length < length ? undefined : { isError: false, text: body.slice(0, length) };
}

/** One field of what `INFO` answered; `undefined` if this version does not tell it. */
export function infoField(info: string, field: string): string | undefined {
  const line = info.split("\r\n").find((each) => each.startsWith(`${field}:`));
  return line?.slice(field.length + 1);
}
