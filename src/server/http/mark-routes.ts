/** The REST routes of what people put to messages: reactions, pins, and how far they have read. */
import { Hono } from "hono";
import type { PinsResult } from "#protocol/api.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import type { Marks } from "#server/core/rooms/marks.ts";
import type { Reads } from "#server/core/rooms/reads.ts";
import * as answers from "#server/shapes/answers.ts";
import * as schemas from "#server/shapes/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";

export interface MarkParts {
  readonly marks: Marks;
  readonly reads: Reads;
  readonly chat: Chat;
}

export function markRoutes({ marks, reads, chat }: MarkParts, guard: Guard) {
  return new Hono<Guarded>()
    .put(
      "/rooms/:id/messages/:message/reactions",
      operation({
        group: "Marks",
        summary: "React to a message",
        access: "react",
        details: "Done twice, it changes nothing.",
        body: schemas.reaction,
        answer: answers.changeResult,
        problems: ["not-found", "blocked", "muted", "archived", "too-many-marks"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { emoji } = await readBody(c, schemas.reaction);
        const { id, message } = c.req.param();
        return c.json(await marks.react(user, id, message, { emoji, isOn: true }));
      },
    )
    .delete(
      "/rooms/:id/messages/:message/reactions/:emoji",
      operation({
        group: "Marks",
        summary: "Take a reaction back",
        access: "react",
        answer: answers.changeResult,
        problems: ["bad-request", "not-found", "blocked", "muted", "archived"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { id, message, emoji } = c.req.param();
        return c.json(await marks.react(user, id, message, { emoji, isOn: false }));
      },
    )
    .put(
      "/rooms/:id/read",
      operation({
        group: "Marks",
        summary: "Say how far one has read a room",
        details: "Earlier positions change nothing, unless with `back`.",
        body: schemas.readPosition,
        answer: answers.readResult,
        problems: ["not-found"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { position, back } = await readBody(c, schemas.readPosition);
        return c.json(await reads.read(user, c.req.param("id"), position, back === true));
      },
    )
    .put(
      "/read",
      operation({ group: "Marks", summary: "Read everything in all rooms" }),
      async (c) => {
        const { user } = await guard.session(c);
        await reads.readAll(user);
        return c.body(null, 204);
      },
    )
    .get(
      "/rooms/:id/pins",
      operation({
        group: "Marks",
        summary: "List a room's pinned messages",
        access: "read",
        answer: answers.pinsResult,
        problems: ["not-found"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const messages = await marks.pins(user, c.req.param("id"));
        const people = await chat.people([...new Set(messages.map(({ from }) => from))]);
        return c.json({ messages, people } satisfies PinsResult);
      },
    )
    .put(
      "/rooms/:id/pins/:message",
      operation({
        group: "Marks",
        summary: "Pin a message",
        access: "rooms",
        details: "By a moderator; in private chats by anyone.",
        answer: answers.changeResult,
        problems: ["not-found", "not-allowed", "blocked", "archived", "too-many-marks"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { id, message } = c.req.param();
        return c.json(await marks.pin(user, id, message, true));
      },
    )
    .delete(
      "/rooms/:id/pins/:message",
      operation({
        group: "Marks",
        summary: "Take a pin off",
        access: "rooms",
        details: "By a moderator; in private chats by anyone.",
        answer: answers.changeResult,
        problems: ["not-found", "not-allowed", "blocked", "archived"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { id, message } = c.req.param();
        return c.json(await marks.pin(user, id, message, false));
      },
    );
}
