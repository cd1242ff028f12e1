/** The REST routes of messages: history, and sending, editing and deleting for those without a socket. */
import { Hono } from "hono";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Cursor } from "#server/core/delivery/message-log.ts";
import * as schemas from "#server/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { refuse } from "./problem.ts";

export function messageRoutes(chat: Chat, guard: Guard) {
  return new Hono<Guarded>()
    .get("/rooms/:id/messages", async (c) => {
      const { user } = await guard.session(c);
      const { cursor, limit } = readQuery(c.req.query());
      return c.json(await chat.page(user, c.req.param("id"), cursor, limit));
    })
    .post("/rooms/:id/messages", async (c) => {
      const { user } = await guard.session(c);
      const { message, ...rest } = await readBody(c, schemas.newMessage);
      const draft = { text: message, ...rest };
      return c.json(await chat.send(user, c.req.param("id"), draft), 201);
    })
    .patch("/rooms/:id/messages/:message", async (c) => {
      const { user } = await guard.session(c);
      const { message } = await readBody(c, schemas.editedMessage);
      return c.json(await chat.edit(user, c.req.param("id"), c.req.param("message"), message));
    })
    .delete("/rooms/:id/messages/:message", async (c) => {
      const { user } = await guard.session(c);
      return c.json(await chat.remove(user, c.req.param("id"), c.req.param("message")));
    });
}

function readQuery(query: Record<string, string>): { cursor: Cursor; limit: number } {
  const parsed = schemas.historyQuery.safeParse(query);
  if (!parsed.success) throw refuse("bad-request", schemas.problemOf(parsed.error));
  const { before, after, around, limit } = parsed.data;
  if (before !== undefined) return { cursor: { at: "before", id: before }, limit };
  if (after !== undefined) return { cursor: { at: "after", id: after }, limit };
  if (around !== undefined) return { cursor: { at: "around", id: around }, limit };
  return { cursor: { at: "newest" }, limit };
}
