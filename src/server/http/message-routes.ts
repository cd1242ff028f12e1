/** The REST routes of messages: history, and sending, editing and deleting for those without a socket. */
import { Hono } from "hono";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Cursor } from "#server/core/delivery/cursor.ts";
import * as answers from "#server/shapes/answers.ts";
import * as schemas from "#server/shapes/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { refuse } from "./problem.ts";

export function messageRoutes(chat: Chat, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/rooms/:id/messages",
      operation({
        group: "Messages",
        summary: "Read a page of a room's history",
        access: "read",
        details:
          "Without a cursor the newest page. One of `before`, `after` and `around` at a time.",
        query: schemas.historyQuery,
        answer: answers.historyPage,
        problems: ["not-found"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { cursor, limit } = readQuery(c.req.query());
        return c.json(await chat.page(user, c.req.param("id"), cursor, limit));
      },
    )
    .post(
      "/rooms/:id/messages",
      operation({
        group: "Messages",
        summary: "Say something",
        access: "write",
        details: "Safe to repeat with the same `cid`. The answer comes once it is stored.",
        body: schemas.newMessage,
        answer: answers.sendResult,
        status: 201,
        problems: [
          "not-found",
          "not-allowed",
          "blocked",
          "muted",
          "archived",
          "cid-reused",
          "message-not-allowed",
          "too-many-requests",
        ],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { message, ...rest } = await readBody(c, schemas.newMessage);
        const draft = { text: message, ...rest };
        return c.json(await chat.send(user, c.req.param("id"), draft), 201);
      },
    )
    .patch(
      "/rooms/:id/messages/:message",
      operation({
        group: "Messages",
        summary: "Edit an own message",
        access: "write",
        details: "It keeps its place.",
        body: schemas.editedMessage,
        answer: answers.changeResult,
        problems: [
          "not-found",
          "blocked",
          "muted",
          "archived",
          "message-not-allowed",
          "too-many-requests",
        ],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { message } = await readBody(c, schemas.editedMessage);
        return c.json(await chat.edit(user, c.req.param("id"), c.req.param("message"), message));
      },
    )
    .delete(
      "/rooms/:id/messages/:message",
      operation({
        group: "Messages",
        summary: "Delete a message",
        access: "write",
        details: "An own one, or by a moderator anyone's. Its text goes, its place stays.",
        answer: answers.changeResult,
        problems: ["not-found", "archived", "too-many-requests"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await chat.remove(user, c.req.param("id"), c.req.param("message")));
      },
    );
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
