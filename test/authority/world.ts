/**
 * The world of the table: rooms, people, bots and the rest, one in every state, and in each room
 * somebody of every role.
 */
import type { NewBotResult } from "#protocol/bot.ts";
import type { MadeInvitation } from "#protocol/joining.ts";
import type { Profile } from "#protocol/person.ts";
import type { Redis } from "#server/redis/connect.ts";
import { keys } from "#server/redis/keys.ts";
import { RedisReportShelf } from "#server/redis/strangers/redis-report-shelf.ts";
import { randomTokens } from "#server/secrets/random-tokens.ts";
import { until } from "#test/support/until.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import type { People } from "./people.ts";
import { enterAll, expire, handleOf, signIn } from "./people.ts";
import { PNG } from "./picture.ts";
import type { Place } from "./places.ts";
import { NOWHERE, makeChats, makeRoom, must, unslow, withReports } from "./places.ts";
import type { Running } from "./server.ts";

export interface World {
  readonly people: People;
  readonly bot: Member;
  readonly rooms: Readonly<Record<string, Place>>;
  /** For each role the chat of two that is meant. */
  readonly chats: Readonly<Record<string, Place>>;
  readonly bots: Readonly<Record<string, number>>;
  readonly sessions: Readonly<Record<string, string>>;
  readonly invitations: Readonly<Record<string, string>>;
  readonly invitation: string;
  /** Of a report of a stranger. */
  readonly shelved: string;
  readonly links: Readonly<Record<string, string>>;
  readonly pictures: Readonly<Record<string, string>>;
}

export async function openWorld({ url, store }: Running): Promise<World> {
  const people = await enterAll(url, store);
  const { owner, admin } = people;
  await must(owner, "PUT", `/api/admin/people/${admin.me.id}/role`, { role: "admin" });
  const bot = await makeBot(url, owner, "Robo");
  const make = async (state: string, kind: string, then?: (id: string) => Promise<unknown>) => {
    const place = await makeRoom(store, people, bot, { state, kind });
    await then?.(place.id);
    return place;
  };
  const edit = (id: string, change: object) =>
    must(people.maker, "PATCH", `/api/rooms/${id}`, change);
  const rooms = {
    open: await make("open", "open"),
    closed: await make("closed", "closed"),
    archived: await make("archived", "closed", (id) => edit(id, { archived: true })),
    deleted: await make("deleted", "closed", (id) =>
      must(people.maker, "DELETE", `/api/rooms/${id}`),
    ),
    nonexistent: NOWHERE,
  };
  const chats = await makeChats(store, people, bot);
  const bots = await makeBots(url, owner, rooms.open.hook);
  const pictures = await dress(people);
  const invitations = await invite(url, store, owner);
  const links = await linksOf({ ...people, bot });
  const sessions = await sessionsOf(store, people);
  const shelved = "shelved-report";
  const report = { id: shelved, reason: "spam", at: 1_800_000_000, excerpt: [] } as const;
  await new RedisReportShelf(store).save(report);
  await settle(store, people, bot);
  return {
    people,
    bot,
    rooms: await withReports(owner, rooms),
    chats: await withReports(owner, chats),
    bots,
    sessions,
    links,
    shelved,
    pictures,
    invitation: invitations.token,
    invitations: invitations.handles,
  };
}

async function makeBot(url: string, by: Member, username: string, more: object = {}) {
  const scopes = ["read", "write", "react", "rooms"];
  const made = await must(by, "POST", "/api/admin/bots", { username, scopes, ...more });
  const { bot, token } = made.json<NewBotResult>();
  return new Member(url, { ...bot, role: "bot" }, token);
}

/** A bot in every state. */
async function makeBots(url: string, by: Member, webhook: number) {
  const there = await makeBot(url, by, "Botto");
  const called = await makeBot(url, by, "Callo", { callback: "https://bots.example/call" });
  const suspended = await makeBot(url, by, "Suspo");
  await must(by, "PUT", `/api/admin/people/${suspended.me.id}/suspension`, {});
  const deleted = await makeBot(url, by, "Delo");
  await must(by, "DELETE", `/api/admin/bots/${deleted.me.id}`);
  const ids = { there: there.me.id, called: called.me.id, suspended: suspended.me.id };
  return { ...ids, webhook, deleted: deleted.me.id, nonexistent: 999_999 };
}

/** Everybody who is looked at has a picture. */
async function dress({ there, hidden, blocking, locked, gone }: People) {
  const hashes: Record<string, string> = {};
  for (const [name, who] of Object.entries({
    there,
    hidden,
    blocking,
    suspended: locked,
    deleted: gone,
  })) {
    const answer = await fetch(`${who.url}/api/me/picture`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${who.token}`, "Content-Type": "image/png" },
      body: PNG,
    });
    // oxlint-disable-next-line no-unsafe-type-assertion -- because the server answers its profile
    hashes[name] = ((await answer.json()) as Profile).picture ?? "";
  }
  return hashes;
}

/** An invitation in every state, and the token of one for who is invited. */
async function invite(url: string, store: Redis, by: Member) {
  const make = async () =>
    (await must(by, "POST", "/api/admin/invitations", {})).json<MadeInvitation>();
  const [good, used, expired, revoked, token] = [
    await make(),
    await make(),
    await make(),
    await make(),
    await make(),
  ];
  const body = { username: "Ulla", password: PASSWORD, invitation: used.token };
  const registered = await request(url, "POST", "/api/accounts", { body });
  if (registered.status !== 201) throw new Error(registered.text);
  const digest = randomTokens.digest(expired.token);
  await store.del(keys.invitation(digest));
  await store.zAdd(keys.invitations, { score: 1, value: digest });
  await must(by, "DELETE", `/api/admin/invitations/${revoked.id}`);
  const handles = { good: good.id, used: used.id, expired: expired.id, revoked: revoked.id };
  return { handles: { ...handles, nonexistent: "0123456789abcdef" }, token: token.token };
}

/** A sign-in link of everybody who has one. */
async function linksOf(all: Readonly<Record<string, Member>>) {
  const links: Record<string, string> = {};
  for (const [name, each] of Object.entries(all)) {
    const made = await each.call("POST", "/api/sign-in-links");
    if (made.status === 201) links[name] = made.json<{ token: string }>().token;
  }
  return links;
}

/** Handles of sessions: of each one's other device, of somebody else's, and of ones that are none. */
async function sessionsOf(store: Redis, people: People) {
  const others = Object.entries(people).map(async ([name, { me }]) => {
    return [`${name} other`, handleOf(await signIn(store, me))] as const;
  });
  const ended = handleOf(people.revoked.token);
  const rest = { another: handleOf(people.friend.token), ended, nonexistent: "0123456789abcdef" };
  return { ...Object.fromEntries(await Promise.all(others)), other: rest.nonexistent, ...rest };
}

/** What ends somebody's session comes last. */
async function settle(store: Redis, people: People, bot: Member): Promise<void> {
  const { owner, suspended, expired, revoked, there, hidden, blocking, locked, gone } = people;
  await must(hidden, "PATCH", "/api/me/preferences", { visible: false });
  const roles = Object.entries(people).filter(([, each]) => each !== blocking && each !== gone);
  const all = [bot, ...roles.map(([, each]) => each)];
  await Promise.all(all.map(({ me }) => must(blocking, "PUT", `/api/blocks/${me.id}`)));
  const farewell = { password: PASSWORD, messages: "remove" };
  await must(gone, "DELETE", "/api/me", farewell);
  await until(async () => (await store.exists(keys.leaving)) === 0, { what: "nothing is left" });
  await must(owner, "PUT", `/api/admin/people/${locked.me.id}/suspension`, {});
  await must(owner, "PUT", `/api/admin/people/${suspended.me.id}/suspension`, { reason: "Spam" });
  await must(revoked, "DELETE", "/api/session");
  await expire(store, expired.token);
  await must(there, "GET", "/api/me");
  await unslow(store);
}
