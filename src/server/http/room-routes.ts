/** The REST routes of rooms: making, finding and changing them. */
import { Hono } from "hono";
import type { RoomChange } from "#protocol/room.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import * as answers from "#server/shapes/answers.ts";
import * as schemas from "#server/shapes/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { refuse } from "./problem.ts";

export function roomRoutes(rooms: Rooms, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/rooms",
      operation({
        group: "Rooms",
        summary: "List the rooms one is in",
        access: "read",
        details: "Those with the newest event first.",
        answer: answers.roomsResult,
      }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await rooms.list(user));
      },
    )
    .post(
      "/rooms",
      operation({
        group: "Rooms",
        summary: "Make a room",
        access: "rooms",
        details: "Who makes it is in it, as its moderator.",
        body: schemas.newRoom,
        answer: answers.room,
        status: 201,
        problems: ["room-not-allowed", "too-many-rooms", "too-many-requests"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { kind, name, topic = "" } = await readBody(c, schemas.newRoom);
        return c.json(await rooms.create(user, { kind, name, topic }), 201);
      },
    )
    .post(
      "/chats",
      operation({
        group: "Rooms",
        summary: "Open a private chat",
        access: "rooms",
        details: "With nobody else it is a note pad. The others see it from its first message on.",
        body: schemas.newChat,
        answer: answers.room,
        status: 201,
        also: { 200: "These people have one already." },
        problems: ["not-found", "room-not-allowed", "too-many-rooms", "too-many-requests"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { people } = await readBody(c, schemas.newChat);
        const { room, isNew } = await rooms.openChat(user, people);
        return c.json(room, isNew ? 201 : 200);
      },
    )
    .get(
      "/open-rooms",
      operation({
        group: "Rooms",
        summary: "Find open rooms",
        access: "read",
        details: "By words of their name or topic; up to 100, by name.",
        query: schemas.search,
        answer: answers.openRoomsResult,
      }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await rooms.browse(user, readSearch(c.req.query())));
      },
    )
    .get(
      "/rooms/:id",
      operation({
        group: "Rooms",
        summary: "Look at a room one is in",
        access: "read",
        answer: answers.room,
        problems: ["not-found"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await rooms.room(user, c.req.param("id")));
      },
    )
    .patch(
      "/rooms/:id",
      operation({
        group: "Rooms",
        summary: "Change a room",
        access: "rooms",
        details: "By a moderator. What is absent stays as it is.",
        body: schemas.roomChange,
        answer: answers.room,
        problems: ["not-found", "not-allowed", "room-not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const change = await readBody(c, schemas.roomChange);
        return c.json(await rooms.edit(user, c.req.param("id"), withoutAbsent(change)));
      },
    )
    .delete(
      "/rooms/:id",
      operation({
        group: "Rooms",
        summary: "Delete a room",
        access: "rooms",
        details: "By a moderator; with all that was said in it.",
        problems: ["not-found", "not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        await rooms.delete(user, c.req.param("id"));
        return c.body(null, 204);
      },
    );
}

export function readSearch(query: Record<string, string>): string {
  const parsed = schemas.search.safeParse(query);
  if (!parsed.success) throw refuse("bad-request", schemas.problemOf(parsed.error));
  return parsed.data.search;
}

/** A field that is absent is left alone; one that is there and `undefined` does not exist in JSON. */
function withoutAbsent({ name, topic, posting, archived }: Loose): RoomChange {
  return {
    ...(name !== undefined && { name }),
    ...(topic !== undefined && { topic }),
    ...(posting !== undefined && { posting }),
    ...(archived !== undefined && { archived }),
  };
}

type Loose = { readonly [Field in keyof RoomChange]: RoomChange[Field] | undefined };
