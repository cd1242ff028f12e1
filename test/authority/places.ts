/** The rooms of the table, and chats of two: what was said in each, and who is, or was, there. */
import { randomUUID } from "node:crypto";
import type { SendResult } from "#protocol/commands.ts";
import type { ReportsResult } from "#protocol/reports.ts";
import type { Room } from "#protocol/room.ts";
import type { NewWebhookResult } from "#protocol/webhook.ts";
import type { Redis } from "#server/redis/connect.ts";
import type { Answer, Member } from "#test/support/member.ts";
import type { Named, People } from "./people.ts";

/** A room with what was said in it. */
export interface Place {
  readonly id: string;
  /** Of a message of the friend, and of each who was in it. */
  readonly theirs: string;
  readonly own: Readonly<Record<string, string>>;
  readonly hook: number;
  readonly hookToken: string;
  readonly report: number;
  /** Stands in its name, its topic and what was said there, and nowhere else. */
  readonly canary: string;
}

export const NOWHERE: Place = {
  id: "999999",
  theirs: "1615480369.000123",
  own: {},
  hook: 999_999,
  hookToken: "A".repeat(43),
  report: 999_999,
  canary: "canary-of-nowhere",
};

/** Who is, or was, in every room. */
const INSIDE = [
  "friend",
  "target",
  "quiet",
  "former",
  "member",
  "moderator",
  "banned",
  "suspended",
  "expired",
  "revoked",
] as const satisfies readonly Named[];

/** Does it, or throws. */
export async function must(
  by: Member,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const answer = await by.call(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
  return answer;
}

async function say(by: Member, room: string, text: string): Promise<string> {
  const answer = await must(by, "POST", `/api/rooms/${room}/messages`, {
    cid: randomUUID(),
    message: text,
  });
  return answer.json<SendResult>().id;
}

export async function unslow(store: Redis): Promise<void> {
  const names = await store.keys("throttle:*");
  if (names.length > 0) await store.del(names);
}

/** A room of the maker in which everybody has said something; then each becomes what their role says. */
export async function makeRoom(
  store: Redis,
  people: People,
  bot: Member,
  { state, kind }: { readonly state: string; readonly kind: string },
): Promise<Place> {
  const { maker, friend, moderator, former, banned, quiet, member } = people;
  const canary = `canary-of-${state}`;
  await unslow(store);
  const draft = { kind, name: `Room ${canary}`, topic: `Topic ${canary}` };
  const room = (await must(maker, "POST", "/api/rooms", draft)).json<Room>();
  const at = `/api/rooms/${room.id}`;
  const inside = [...INSIDE.map((name) => [name, people[name]] as const), ["bot", bot] as const];
  const own: Record<string, string> = {};
  for (const [name, each] of [...inside, ["maker", maker] as const]) {
    if (each !== maker) await must(maker, "PUT", `${at}/members/${each.me.id}`, {});
    own[name] = await say(each, room.id, `${name}: ${canary}`);
    await must(each, "PUT", `${at}/messages/${own["friend"]}/reactions`, { emoji: "🌼" });
  }
  const theirs = own["friend"] ?? "";
  const message = `${at}/messages/${theirs}`;
  await must(maker, "PUT", `${at}/members/${moderator.me.id}`, { role: "moderator" });
  await must(maker, "PUT", `${at}/pins/${theirs}`);
  await must(friend, "PUT", `${message}/reactions`, { emoji: "🌱" });
  await must(people.target, "POST", `${message}/reports`, { reason: "spam" });
  const name = `Hook-${state}`;
  const made = await must(maker, "POST", `${at}/webhooks`, { name });
  const { webhook, address } = made.json<NewWebhookResult>();
  await must(former, "DELETE", `${at}/members/${former.me.id}`);
  await must(maker, "PUT", `${at}/bans/${banned.me.id}`, { reason: "Spam" });
  await must(maker, "PUT", `${at}/mutes/${quiet.me.id}`, {});
  await must(member, "PUT", `${at}/notify`, { level: "mentions" });
  const hookToken = address.split("/").at(-1) ?? "";
  return { id: room.id, theirs, own, hook: webhook.id, hookToken, report: 0, canary };
}

/** Of everybody who was in the rooms a chat with the friend; of the others one between two others. */
export async function makeChats(store: Redis, people: People, bot: Member) {
  const { friend, former, banned, target } = people;
  const open = async (other: Member, name: string): Promise<Place> => {
    await unslow(store);
    const canary = `canary-of-chat-${name}`;
    const made = await must(friend, "POST", "/api/chats", { people: [other.me.id] });
    const { id } = made.json<Room>();
    const theirs = await say(friend, id, `friend: ${canary}`);
    const own = { [name]: await say(other, id, `${name}: ${canary}`) };
    await must(other, "PUT", `/api/rooms/${id}/messages/${theirs}/reactions`, { emoji: "🌼" });
    await must(friend, "PUT", `/api/rooms/${id}/messages/${theirs}/reactions`, { emoji: "🌱" });
    await must(friend, "PUT", `/api/rooms/${id}/pins/${theirs}`);
    await must(other, "POST", `/api/rooms/${id}/messages/${theirs}/reports`, {
      reason: "spam",
    }).catch((error: unknown) => {
      // A bot reports nothing.
      if (other !== bot) throw error;
    });
    return { ...NOWHERE, id, theirs, own, canary };
  };
  const chats: Record<string, Place> = {};
  const inside = [
    "former",
    "member",
    "moderator",
    "maker",
    "banned",
    "suspended",
    "expired",
    "revoked",
  ];
  for (const name of inside) {
    // oxlint-disable-next-line no-unsafe-type-assertion -- because these are names of people
    chats[name] = await open(people[name as Named], name);
  }
  chats["bot"] = await open(bot, "bot");
  const foreign = await open(target, "target");
  for (const name of ["nobody", "guest", "outsider", "invited", "admin", "owner"])
    chats[name] = foreign;
  const left = chats["former"];
  await must(former, "DELETE", `/api/rooms/${left?.id}/members/${former.me.id}`);
  await must(friend, "PUT", `/api/blocks/${banned.me.id}`);
  return chats;
}

/** Each place with the number of the report of what the friend said there. */
export async function withReports<P extends Readonly<Record<string, Place>>>(
  by: Member,
  places: P,
) {
  const found: { readonly id: number; readonly message: string }[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const page: Answer = await must(by, "GET", `/api/admin/reports${after && `?after=${after}`}`);
    const result: ReportsResult = page.json<ReportsResult>();
    found.push(...result.reports);
    after = result.after;
  }
  const entries = Object.entries(places).map(([name, place]) => {
    const id = found.find(({ message }) => message === place.theirs)?.id ?? place.report;
    return [name, { ...place, report: id }];
  });
  // oxlint-disable-next-line no-unsafe-type-assertion -- because the names are those of the places
  return Object.fromEntries(entries) as Readonly<Record<keyof P, Place>>;
}
