/** The REST routes of what people put to messages: reactions, pins, and how far they have read. */
import { Hono } from "hono";
import type { PinsResult } from "#protocol/api.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Marks } from "#server/core/rooms/marks.ts";
import type { Reads } from "#server/core/rooms/reads.ts";
import * as schemas from "#server/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";

export interface MarkParts {
  readonly marks: Marks;
  readonly reads: Reads;
  readonly chat: Chat;
}

export function markRoutes({ marks, reads, chat }: MarkParts, guard: Guard) {
  return new Hono<Guarded>()
    .put("/rooms/:id/messages/:message/reactions", async (c) => {
      const { user } = await guard.session(c);
      const { emoji } = await readBody(c, schemas.reaction);
      const { id, message } = c.req.param();
      return c.json(await marks.react(user, id, message, { emoji, isOn: true }));
    })
    .delete("/rooms/:id/messages/:message/reactions/:emoji", async (c) => {
      const { user } = await guard.session(c);
      const { id, message, emoji } = c.req.param();
      return c.json(await marks.react(user, id, message, { emoji, isOn: false }));
    })
    .put("/rooms/:id/read", async (c) => {
      const { user } = await guard.session(c);
      const { position, back } = await readBody(c, schemas.readPosition);
      return c.json(await reads.read(user, c.req.param("id"), position, back === true));
    })
    .put("/read", async (c) => {
      const { user } = await guard.session(c);
      await reads.readAll(user);
      return c.body(null, 204);
    })
    .get("/rooms/:id/pins", async (c) => {
      const { user } = await guard.session(c);
      const messages = await marks.pins(user, c.req.param("id"));
      const people = await chat.people([...new Set(messages.map(({ from }) => from))]);
      return c.json({ messages, people } satisfies PinsResult);
    })
    .put("/rooms/:id/pins/:message", async (c) => {
      const { user } = await guard.session(c);
      const { id, message } = c.req.param();
      return c.json(await marks.pin(user, id, message, true));
    })
    .delete("/rooms/:id/pins/:message", async (c) => {
      const { user } = await guard.session(c);
      const { id, message } = c.req.param();
      return c.json(await marks.pin(user, id, message, false));
    });
}
