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

/** So many people at a time; each is a blow of its own. */
const AT_ONCE = 5;

/** The people of this turn, each in turn. */
function turn<Item>(items: readonly Item[], time: number): readonly Item[] {
  const picked = Array.from(
    { length: AT_ONCE },
    (_, n) => items[(AT_ONCE * time + n) % items.length],
  );
  return [...new Set(picked)].filter((item) => item !== undefined);
}

export const lostAck: Fault = {
  id: "F43",
  title: "A message is stored, and what would tell its author is eaten; it is there once",
  times: { short: 20, long: 500 },
  restMs: [10, 60],
  inject: async (world, time) => {
    const people = turn(world.people, time);
    await Promise.all(people.map((person) => loseAck(person)));
    return people.length;
  },
};

async function loseAck(person: Person): Promise<void> {
  const isReady = () => person.klatch.link.at === "open" && person.unsent.length < 5;
  await until(isReady, { what: `${person.name} is connected`, timeoutMs: 30_000 });
  const cid = person.say(person.anyRoom());
  // Its event or its acknowledgement. Held, never let go: the reset takes it with it.
  const { wire } = await person.wire.intercept("down", cid, ACK);
  wire.reset();
  // It may be back before anyone has looked, so a new line is what tells.
  const isBack = () => {
    if (person.klatch.link.at === "waiting") person.klatch.reconnectNow();
    const isNew = [...person.wire.wires].some((other) => other !== wire);
    return isNew && person.klatch.link.at === "open";
  };
  await until(isBack, { what: `${person.name} is back`, timeoutMs: 30_000 });
}

type Answer = SendResult | { readonly error: CommandError };

export const insistence: Fault = {
  id: "F44",
  title: "One message is given ten times at once, over sockets, HTTP and two servers",
  times: { short: 20, long: 1_000 },
  restMs: [0, 20],
  inject: async (world, time) => {
    const authors = turn(world.fixtures, time);
    await Promise.all(authors.map((fixture) => insist(world, fixture, `insisting ${time}`)));
    return authors.length;
  },
};

/** Three tries by socket and two by HTTP over each of two servers. */
async function insist(world: World, fixture: Fixture, text: string): Promise<void> {
  const { lines, urls } = await insistent(world, fixture);
  const cid = randomUUID();
  const asked = lines.flatMap((line, n) => [
    ...Array.from({ length: 3 }, () => line.send(text, cid)),
    ...Array.from({ length: 2 }, () => post(urls[n] ?? "", fixture, { cid, message: text })),
  ]);
  const answers = await Promise.all(asked);
  const ids = new Set(answers.map((answer) => ("id" in answer ? answer.id : answer.error.code)));
  // Insisting has its limit too; whoever is told to slow down has not been heard, which is no other answer.
  ids.delete("too-many-requests");
  if (ids.size > 1) throw new Error(`ten answers named ${[...ids].join(", ")}`);
  if (ids.size === 0) return;
  const other = await post(urls[0] ?? "", fixture, { cid, message: `${text}, or not` });
  const code = "error" in other ? other.error.code : "stored";
  if (code !== "cid-reused" && code !== "too-many-requests") {
    throw new Error(`the same cid with another text was ${code}`);
  }
}

/** Someone with a socket on each of two servers. */
interface Insistent {
  readonly lines: readonly Line[];
  readonly urls: readonly string[];
}

const insisting = new WeakMap<Fixture, Insistent>();

async function insistent(world: World, fixture: Fixture): Promise<Insistent> {
  const found = insisting.get(fixture);
  if (found?.lines.every(({ socket }) => socket.connected) === true) return found;
  const up = world.servers.filter(({ isUp }) => isUp).map(({ url }) => url);
  const urls = up.slice(0, 2);
  const lines = await Promise.all(urls.map((url) => Line.open(url, { token: fixture.token }, {})));
  const made = { lines, urls };
  insisting.set(fixture, made);
  return made;
}

async function post(url: string, { token }: Fixture, body: object): Promise<Answer> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await request(url, "POST", "/api/rooms/0/messages", { body, headers });
  return answer.status < 300 ? answer.json<SendResult>() : { error: answer.json<CommandError>() };
}

export const twoAtOnce: Fault = {
  id: "F45",
  title: "People on two devices, one of them behind a line that delays at random",
  times: { short: 5, long: 50 },
  inject: async (world, time) => {
    const people = turn(world.fixtures, time);
    await Promise.all(people.map((fixture) => useSecondDevice(world, fixture, time)));
    return people.length;
  },
};

async function useSecondDevice(world: World, fixture: Fixture, time: number): Promise<void> {
  const name = `${fixture.me.username} elsewhere ${time}`;
  await using second = await Person.enter(fixture, world.recorder, world.balance, name);
  second.wire.trouble.up = { latencyMs: 10, jitterMs: 80 };
  second.wire.trouble.down = { latencyMs: 10, jitterMs: 120 };
  const isIn = () => second.rooms.every(({ state }) => state === "live");
  await until(isIn, { what: "the second device is in", timeoutMs: 30_000 });
  for (let n = 0; n < 15; n++) second.say(second.anyRoom());
  const hasSent = () => second.unsent.length === 0;
  await until(hasSent, { what: "the second device has sent all", timeoutMs: 30_000 });
}
