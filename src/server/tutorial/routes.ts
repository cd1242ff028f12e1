/** The tutorial's REST contract at the root paths: the Node app's routes, and the Python app's `/stream`. */
import { randomInt } from "node:crypto";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { Hono } from "hono";
import { LIMITS } from "#protocol/limits.ts";
import { GENERAL, GENERAL_NAME } from "#protocol/room.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Accounts } from "#server/core/people/accounts.ts";
import type { Attendance } from "#server/core/people/attendance.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { RankedHistory } from "#server/core/rooms/ranked-history.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import { credentials } from "#server/shapes/schemas.ts";
import type { Entry } from "./contract.ts";
import { entryOf, isShown, lineOf, roomEntryOf } from "./contract.ts";
import type { Door, Env } from "./door.ts";
import { enter } from "./login.ts";
import { inMessage, inText, orNone, orNull } from "./refusals.ts";
import { readPage, readPair, readPeople } from "./requests.ts";
import type { TutorialStreams } from "./streams.ts";

export interface RouteParts {
  readonly accounts: Pick<Accounts, "signIn" | "register" | "isFree" | "signOut">;
  readonly attendance: Pick<Attendance, "online">;
  readonly chat: Pick<Chat, "people">;
  readonly rooms: Pick<Rooms, "list" | "openChat">;
  readonly ranked: Pick<RankedHistory, "page">;
  readonly streams: TutorialStreams;
  readonly onError: (error: unknown, where: string) => void;
}

/** Where the page's picture of an octopus cat leads: to the tutorial, whose page it is. */
const LINKS = { github: "https://github.com/redis-developer/basic-redis-chat-demo-nodejs" };

/** Names to try, for who has none in mind. */
const NAMES = ["Ada", "Bela", "Chidi", "Dana", "Emre", "Fenna", "Goran", "Hana", "Ines", "Jun"];

/** Messages in `/room/0/preload`, besides the one more that each page of the tutorial has. */
const PRELOAD_SIZE = 20;

export function tutorialRoutes<E extends Env>(parts: RouteParts, door: Door<E>): Hono<E> {
  return new Hono<E>()
    .route("/", sessionRoutes(parts, door))
    .route("/", roomRoutes(parts, door))
    .route("/", peopleRoutes(parts, door));
}

function sessionRoutes<E extends Env>({ accounts, onError }: RouteParts, door: Door<E>): Hono<E> {
  const app = new Hono<E>().onError(inText(onError));
  app.get("/links", (c) => c.json(LINKS));
  app.get("/randomname", (c) => c.html(NAMES[randomInt(NAMES.length)] ?? "Ada"));
  app.get("/me", async (c) => {
    const session = await door.session(c).catch(orNull);
    if (session === null) return c.json(null);
    return c.json({ id: String(session.user.id), username: session.user.username });
  });
  app.post("/login", async (c) => {
    try {
      const given = credentials.safeParse(await door.body(c));
      if (!given.success) throw new ChatError("bad-request", "Give a username and a password.");
      const entered = await enter(accounts, given.data, door.client(c));
      await door.welcome(c, entered);
      const { id, username } = entered.user;
      // As the tutorial has it: the id of who is new is a number, and later a text.
      return entered.isNew ? c.json({ id, username }, 201) : c.json({ id: String(id), username });
    } catch (error) {
      return inMessage(error);
    }
  });
  app.post("/logout", async (c) => {
    await accounts.signOut(await door.session(c));
    door.farewell(c);
    return c.text("OK");
  });
  return app;
}

function roomRoutes<E extends Env>(parts: RouteParts, door: Door<E>): Hono<E> {
  const { rooms, ranked, streams } = parts;
  const page = async (c: Context<E>, room: string, offset: number, size: number) => {
    const { user } = await door.session(c);
    // The tutorial's page ends with the message at `offset + size`: it has one more than was asked for.
    const messages = await ranked.page(user, room, offset, size + 1).catch(orNone);
    return messages.map((message) => lineOf(message));
  };
  const app = new Hono<E>().onError(inText(parts.onError));
  app.get("/room/0/preload", async (c) => {
    const messages = await page(c, GENERAL, 0, PRELOAD_SIZE);
    return c.json({ id: GENERAL, name: GENERAL_NAME, messages });
  });
  app.get("/room/:id/messages", async (c) => {
    await door.session(c);
    const { offset, size } = readPage(c.req.query());
    return c.json(await page(c, c.req.param("id"), offset, size));
  });
  app.post("/room", async (c) => {
    const { user } = await door.session(c);
    const { first, second } = readPair(await door.body(c));
    if (first !== user.id && second !== user.id) {
      throw new ChatError("not-allowed", "Only who is in a private chat can open it.");
    }
    const { room } = await rooms.openChat(user, [first === user.id ? second : first]);
    const [other] = room.people;
    const names = [first, second].map((id) => [id === user.id ? user.username : other?.username]);
    return c.json({ id: room.id, names }, 201);
  });
  app.get("/rooms/:user", async (c) => {
    const { user } = await door.session(c);
    if (c.req.param("user") !== String(user.id)) {
      throw new ChatError("not-allowed", "Somebody else's rooms are told to nobody.");
    }
    const list = await rooms.list(user);
    return c.json(
      list.rooms.filter((room) => isShown(room)).map((room) => roomEntryOf(room, user)),
    );
  });
  app.get("/stream", async (c) => {
    await streams.open(await door.session(c), door.response(c), door.headers);
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

function peopleRoutes<E extends Env>(parts: RouteParts, door: Door<E>): Hono<E> {
  const { attendance, chat, onError } = parts;
  const entries = async (ids: readonly number[], online: ReadonlySet<number>) => {
    const people = await chat.people(ids);
    const pairs = people.map((person): [string, Entry] => [
      String(person.id),
      entryOf(person, online.has(person.id)),
    ]);
    return Object.fromEntries(pairs);
  };
  const app = new Hono<E>().onError(inText(onError));
  app.get("/users/online", async (c) => {
    const { user } = await door.session(c);
    const { online } = attendance.online(user.id);
    return c.json(await entries(online.slice(0, LIMITS.membersMax), new Set(online)));
  });
  app.get("/users", async (c) => {
    const { user } = await door.session(c);
    const ids = readPeople(new URL(c.req.url).searchParams);
    return c.json(await entries(ids, new Set(attendance.online(user.id).online)));
  });
  return app;
}
