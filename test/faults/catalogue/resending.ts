/**
 * Messages given more than once: because the answer was lost on the way, or because a program
 * insists.
 */
import { randomUUID } from "node:crypto";
import type { SendResult } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import { Line, request } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";
import type { Fault } from "#test/faults/fault.ts";
import type { Fixture } from "#test/faults/world/fixture.ts";
import { Person } from "#test/faults/world/person.ts";
import type { World } from "#test/faults/world/world.ts";

/** Answers of Socket.IO to a command begin so: packet type, namespace, number. */
const ACK = "43/chat,";

export const lostAck: Fault = {
  id: "F43",
  title: "The acknowledgement is eaten after the message was stored; the client sends it again",
  times: { short: 20, long: 500 },
  restMs: [10, 60],
  inject: async (world) => {
    const person = world.random.pick(world.people);
    const { wire: proxy } = person;
    await until(() => person.klatch.link.at === "open" && person.unsent.length < 5, {
      what: `${person.name} is connected`,
      timeoutMs: 30_000,
    });
    const intercepted = proxy.intercept("down", ACK);
    person.say(world.random.pick(person.rooms));
    // Held, never let go: the reset takes it with it.
    const { wire } = await intercepted;
    wire.reset();
    await until(() => person.klatch.link.at !== "open", { what: "the cut is noticed" });
    person.klatch.reconnectNow();
    await until(() => person.klatch.link.at === "open", { what: "back", timeoutMs: 30_000 });
  },
};

type Answer = SendResult | { readonly error: CommandError };

/** Three tries by socket and two by HTTP over each of two servers. */
export const insistence: Fault = {
  id: "F44",
  title: "One message is given ten times at once, over sockets, HTTP and two servers",
  times: { short: 20, long: 1_000 },
  restMs: [0, 20],
  inject: async (world, time) => {
    const author = await insistent(world, time);
    const cid = randomUUID();
    const { lines, urls, fixture } = author;
    const text = `insisting ${time}`;
    const asked = lines.flatMap((line, n) => [
      ...Array.from({ length: 3 }, () => line.send(text, cid)),
      ...Array.from({ length: 2 }, () => post(urls[n] ?? "", fixture, { cid, message: text })),
    ]);
    const answers = await Promise.all(asked);
    const ids = new Set(answers.map((answer) => ("id" in answer ? answer.id : answer.error.code)));
    // Insisting has its limit too; whoever is told to slow down has not been heard, which is no
    // other answer.
    ids.delete("too-many-requests");
    if (ids.size > 1) throw new Error(`ten answers named ${[...ids].join(", ")}`);
    if (ids.size === 0) return;
    const other = await post(urls[0] ?? "", fixture, { cid, message: `${text}, or not` });
    const code = "error" in other ? other.error.code : "stored";
    if (code !== "cid-reused" && code !== "too-many-requests") {
      throw new Error(`the same cid with another text was ${code}`);
    }
  },
};

/** Someone with a socket on each of two servers. */
interface Insistent {
  readonly fixture: Fixture;
  readonly lines: readonly Line[];
  readonly urls: readonly string[];
}

const insisting = new WeakMap<World, Map<number, Insistent>>();

/** People take turns, so that nobody meets the rate limit often. */
async function insistent(world: World, time: number): Promise<Insistent> {
  const known = insisting.get(world) ?? new Map<number, Insistent>();
  insisting.set(world, known);
  const at = time % world.people.length;
  const fixture = world.fixtures[at];
  if (fixture === undefined) throw new Error("Nobody is there.");
  const found = known.get(at);
  if (found !== undefined && found.lines.every(({ socket }) => socket.connected)) return found;
  const urls = world.servers.filter(({ isUp }) => isUp).map(({ url }) => url);
  const lines = await Promise.all(
    urls.slice(0, 2).map((url) => Line.open(url, { token: fixture.token }, {})),
  );
  const made = { fixture, lines, urls };
  known.set(at, made);
  return made;
}

async function post(url: string, { token }: Fixture, body: object): Promise<Answer> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await request(url, "POST", "/api/rooms/0/messages", { body, headers });
  return answer.status < 300 ? answer.json<SendResult>() : { error: answer.json<CommandError>() };
}

export const twoAtOnce: Fault = {
  id: "F45",
  title: "One person on two devices, one of them behind a line that delays at random",
  times: { short: 2, long: 50 },
  inject: async (world, time) => {
    const fixture = world.fixtures[time % world.people.length];
    if (fixture === undefined) return;
    const name = `${fixture.me.username} elsewhere ${time}`;
    await using second = await Person.enter(fixture, world.recorder, world.balance, name);
    second.wire.trouble.up = { latencyMs: 10, jitterMs: 80 };
    second.wire.trouble.down = { latencyMs: 10, jitterMs: 120 };
    await until(() => second.rooms.every(({ state }) => state === "live"), {
      what: "the second device is in",
      timeoutMs: 30_000,
    });
    for (let n = 0; n < 15; n++) second.say(world.random.pick(second.rooms));
    await until(() => second.unsent.length === 0, {
      what: "the second device has sent all",
      timeoutMs: 30_000,
    });
  },
};
