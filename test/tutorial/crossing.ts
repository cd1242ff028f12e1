/**
 * A crossing: two Klatch servers and two of another kind talk over one Redis, in General and many
 * private chats, while one Klatch is killed and started again.
 */
import { Member } from "#test/support/member.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { startServer } from "#test/support/server-process.ts";
import { until } from "#test/support/until.ts";
import { Foreign } from "./foreign.ts";
import type { Ledger, Said } from "./ledger.ts";
import { Observer } from "./observer.ts";
import { Talker } from "./talker.ts";

export interface Scale {
  /** Everybody has a chat with everybody. */
  readonly people: number;
  readonly messages: number;
  readonly chats: number;
}

export interface Crossed {
  readonly ledger: Ledger;
  readonly ms: number;
}

export async function cross({ people, messages, chats }: Scale): Promise<Crossed> {
  await using redis = await startRedis();
  const args = ["--tutorial", "--redis-url", redis.url];
  await using one = await startServer({ args });
  let two = await startServer({ args });
  await using first = await Foreign.start(redis.socket);
  await using second = await Foreign.start(redis.socket);
  try {
    const began = performance.now();
    const members = await enter(one.url, people);
    const rooms = await openChats(first, members, chats);
    const openings = rooms.map((room): Said => ({ room, by: "foreign", text: `f ${room}` }));
    await areOpen(first, openings, members);
    const said = [...openings, ...script(rooms, messages)];
    const observers = observe(members, rooms);
    for (const { observer, server } of observers) {
      await observer.connect(server === 0 ? one.url : two.url);
    }
    const urls = [() => one.url, () => two.url];
    const talkers = members.map(
      (member, at) => new Talker(member, urls[at % 2] ?? (() => one.url)),
    );
    const half = said.filter(({ by }) => by === "klatch").length / 2;
    const talking = Promise.all([
      ...talkers.map((talker, at) => talker.talk(said.filter(isOf(members, at)))),
      ...[first, second].map((server, at) => speak(server, said.slice(rooms.length), members, at)),
    ]);
    const isHalf = () => talkers.reduce((sum, { stored }) => sum + stored, 0) >= half;
    await Promise.race([until(isHalf, { timeoutMs: 600_000, what: "half is said" }), talking]);
    for (const { observer, server } of observers) if (server === 1) observer.disconnect();
    await two.stop("SIGKILL");
    two = await startServer({ args });
    for (const { observer, server } of observers) {
      if (server === 1) await observer.connect(two.url);
    }
    await talking;
    await everythingIsHeard(observers, said, [first, second]);
    const logs = await readLogs(members, rooms, one.url);
    const shown = observers.flatMap(({ observer }) => observer.shown());
    const foreign = [first, second].map((server) =>
      server.texts().filter((text) => isKlatch(text)),
    );
    return { ledger: { said, logs, shown, foreign }, ms: performance.now() - began };
  } finally {
    await two.stop();
  }
}

/** Klatch's lines begin with a k, those of others with an f. */
const isKlatch = (text: string) => text.startsWith("k");

async function enter(url: string, people: number): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (let at = 0; at < people; at++) members.push(await Member.enter(url, `Crosser${at + 1}`));
  return members;
}

async function openChats(foreign: Foreign, members: readonly Member[], chats: number) {
  const pairs = members.flatMap(({ me: a }, at) =>
    members.slice(at + 1).map(({ me: b }) => [a.id, b.id] as const),
  );
  const opened = pairs.slice(0, chats);
  await Promise.all(opened.map((pair) => foreign.ask({ type: "open", people: pair })));
  return opened.map(([a, b]) => `${a}:${b}`);
}

/** A line in each chat, by a server of another kind, and Klatch knows of it. */
async function areOpen(foreign: Foreign, openings: readonly Said[], members: readonly Member[]) {
  for (const { room, text } of openings) await foreign.say(room, room.split(":")[0] ?? "", text);
  for (const { room } of openings) {
    const member = members.find(({ me }) => room.startsWith(`${me.id}:`));
    const isThere = async () =>
      (await member?.call("GET", `/api/rooms/${room}/messages`))?.status === 200;
    await until(isThere, { what: `Klatch knows ${room}` });
  }
}

/** Every other line is Klatch's; every third is said in General. The last part of a text names who says it. */
function script(chats: readonly string[], messages: number): readonly Said[] {
  return Array.from({ length: messages }, (_, at): Said => {
    const room =
      at % 3 === 0 ? "0" : (chats[(2 * Math.floor(at / 3) + (at % 3)) % chats.length] ?? "0");
    const by = Math.floor(at / 3) % 2 === 1 ? "foreign" : "klatch";
    return { room, by, text: `${by === "klatch" ? "k" : "f"}${at} café` };
  });
}

/** Which lines are those of a member at Klatch: in a chat its first, in General each in turn. */
function isOf(members: readonly Member[], at: number) {
  return ({ room, by, text }: Said) => by === "klatch" && speaker(members, room, text) === at;
}

function speaker(members: readonly Member[], room: string, text: string): number {
  const number = Number(/\d+/u.exec(text)?.[0]);
  if (room === "0") return number % members.length;
  const ids = room.split(":").map(Number);
  const id = ids[number % 2];
  return members.findIndex(({ me }) => me.id === id);
}

/** One of two foreign servers says every other line of theirs; a few it stores and does not tell of. */
async function speak(
  server: Foreign,
  said: readonly Said[],
  members: readonly Member[],
  at: number,
): Promise<void> {
  const own = said.filter(({ by }) => by === "foreign").filter((_, line) => line % 2 === at);
  for (const [line, { room, text }] of own.entries()) {
    const id = members[speaker(members, room, text)]?.me.id ?? 0;
    const now = Date.now() / 1000;
    // Whole seconds, mostly; some fractions; some in the past; ids as texts and as numbers.
    const score = line % 7 === 0 ? now : Math.floor(line % 11 === 0 ? now - 90 : now);
    const from = line % 5 === 0 ? id : String(id);
    await server.say(room, from, text, { at: score, isSilent: line % 50 === 49 });
  }
}

/** Everybody, at each of both Klatch servers. */
function observe(members: readonly Member[], rooms: readonly string[]) {
  return members.flatMap((member, at) =>
    [0, 1].map((server) => {
      const own = rooms.filter((room) => room.split(":").includes(String(member.me.id)));
      const seen = at === 0 ? ["0", ...own] : own;
      const name = `${member.me.username} at ${server + 1}`;
      return { observer: new Observer(name, member, seen), server };
    }),
  );
}

async function everythingIsHeard(
  observers: readonly { readonly observer: Observer }[],
  said: readonly Said[],
  foreign: readonly Foreign[],
): Promise<void> {
  const klatch = said.filter(({ by }) => by === "klatch").length;
  const isHeard = () =>
    observers.every(({ observer }) =>
      observer
        .shown()
        .every(
          ({ room, lines }) => lines.length >= said.filter((each) => each.room === room).length,
        ),
    ) && foreign.every((server) => server.texts().filter(isKlatch).length >= klatch);
  // What is missing after this is for the ledger to say.
  await until(isHeard, { timeoutMs: 15_000, everyMs: 100 }).catch(() => undefined);
}

async function readLogs(members: readonly Member[], rooms: readonly string[], url: string) {
  const logs = new Map<string, readonly string[]>();
  for (const room of ["0", ...rooms]) {
    const reader = members.find(
      ({ me }) => room === "0" || room.split(":").includes(String(me.id)),
    );
    const texts: string[] = [];
    let after = "0.000000";
    for (;;) {
      const page = await reader?.at(url).history(`?after=${after}&limit=100`, room);
      texts.push(...(page?.messages ?? []).map(({ message }) => message));
      if (page?.after === undefined) break;
      ({ after } = page);
    }
    logs.set(room, texts);
  }
  return logs;
}
