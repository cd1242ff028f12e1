/** The REST routes of rooms: making, finding, joining and leaving them. */
import { Hono } from "hono";
import type { RoomChange } from "#protocol/room.ts";
import type { Rooms } from "#server/core/rooms.ts";
import { notFound } from "#server/core/chat-error.ts";
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
    })
    .get("/rooms/:id/members", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await rooms.members(user, c.req.param("id")));
    })
    .put("/rooms/:id/members/:user", async (c) => {
      const { user } = await guard.session(c);
      const { role } = await readBody(c, schemas.membership);
      await rooms.put(user, c.req.param("id"), readUser(c.req.param("user")), role);
      return c.body(null, 204);
    })
    .delete("/rooms/:id/members/:user", async (c) => {
      const { user } = await guard.session(c);
      await rooms.remove(user, c.req.param("id"), readUser(c.req.param("user")));
      return c.body(null, 204);
    });
}

export function readSearch(query: Record<string, string>): string {
  const parsed = schemas.search.safeParse(query);
  if (!parsed.success) throw refuse("bad-request", schemas.problemOf(parsed.error));
  return parsed.data.search;
}

function readUser(text: string): number {
  const id = /^[1-9]\d{0,15}$/u.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(id)) throw notFound();
  return id;
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
