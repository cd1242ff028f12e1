/** The REST routes of rooms: making, finding and changing them. */
import { Hono } from "hono";
import type { RoomChange } from "#protocol/room.ts";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import * as schemas from "#server/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { refuse } from "./problem.ts";

export function roomRoutes(rooms: Rooms, guard: Guard) {
  return new Hono<Guarded>()
    .get("/rooms", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await rooms.list(user));
    })
    .post("/rooms", async (c) => {
      const { user } = await guard.session(c);
      const { kind, name, topic = "" } = await readBody(c, schemas.newRoom);
      return c.json(await rooms.create(user, { kind, name, topic }), 201);
    })
    .post("/chats", async (c) => {
      const { user } = await guard.session(c);
      const { people } = await readBody(c, schemas.newChat);
      const { room, isNew } = await rooms.openChat(user, people);
      return c.json(room, isNew ? 201 : 200);
    })
    .get("/open-rooms", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await rooms.browse(user, readSearch(c.req.query())));
    })
    .get("/rooms/:id", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await rooms.room(user, c.req.param("id")));
    })
    .patch("/rooms/:id", async (c) => {
      const { user } = await guard.session(c);
      const change = await readBody(c, schemas.roomChange);
      return c.json(await rooms.edit(user, c.req.param("id"), withoutAbsent(change)));
    })
    .delete("/rooms/:id", async (c) => {
      const { user } = await guard.session(c);
      await rooms.delete(user, c.req.param("id"));
      return c.body(null, 204);
    });
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
