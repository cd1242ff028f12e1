/** The REST routes of who is in a room, and who is kept out of it. */
import { Hono } from "hono";
import type { Rooms } from "#server/core/rooms/rooms.ts";
import * as answers from "#server/shapes/answers.ts";
import * as schemas from "#server/shapes/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";

export function memberRoutes(rooms: Rooms, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/rooms/:id/members",
      operation({
        group: "Members",
        summary: "List who is in a room",
        access: "read",
        details: "Moderators first, then by name; up to 1,000.",
        answer: answers.membersResult,
        problems: ["not-found"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await rooms.members(user, c.req.param("id")));
      },
    )
    .get(
      "/rooms/:id/bans",
      operation({
        group: "Members",
        summary: "List who is kept out",
        access: "read",
        details: "For moderators.",
        answer: answers.bansResult,
        problems: ["not-found", "not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        return c.json(await rooms.bans(user, c.req.param("id")));
      },
    )
    .put(
      "/rooms/:id/bans/:user",
      operation({
        group: "Members",
        summary: "Ban somebody from a room",
        access: "rooms",
        details: "By a moderator; whoever is in it is out within a second.",
        body: schemas.newBan,
        problems: ["not-found", "not-allowed", "room-not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { reason = "", until = 0 } = await readBody(c, schemas.newBan);
        const ban = { reason, until };
        await rooms.ban(user, c.req.param("id"), readId(c.req.param("user")), ban);
        return c.body(null, 204);
      },
    )
    .delete(
      "/rooms/:id/bans/:user",
      operation({
        group: "Members",
        summary: "Lift a ban",
        access: "rooms",
        details: "By a moderator.",
        problems: ["not-found", "not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        await rooms.unban(user, c.req.param("id"), readId(c.req.param("user")));
        return c.body(null, 204);
      },
    )
    .put(
      "/rooms/:id/mutes/:user",
      operation({
        group: "Members",
        summary: "Mute a member",
        access: "rooms",
        details: "By a moderator, of who is none: they can read here, and say nothing.",
        body: schemas.newMute,
        problems: ["not-found", "not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { until = 0 } = await readBody(c, schemas.newMute);
        await rooms.mute(user, c.req.param("id"), readId(c.req.param("user")), { until });
        return c.body(null, 204);
      },
    )
    .delete(
      "/rooms/:id/mutes/:user",
      operation({
        group: "Members",
        summary: "Lift a mute",
        access: "rooms",
        details: "By a moderator.",
        problems: ["not-found", "not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        await rooms.unmute(user, c.req.param("id"), readId(c.req.param("user")));
        return c.body(null, 204);
      },
    )
    .put(
      "/rooms/:id/members/:user",
      operation({
        group: "Members",
        summary: "Let somebody into a room, or name a moderator",
        access: "rooms",
        details: "Oneself into an open room; anyone, by a moderator.",
        body: schemas.membership,
        problems: ["not-found", "not-allowed", "banned", "too-many-rooms"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        const { role } = await readBody(c, schemas.membership);
        await rooms.put(user, c.req.param("id"), readId(c.req.param("user")), role);
        return c.body(null, 204);
      },
    )
    .delete(
      "/rooms/:id/members/:user",
      operation({
        group: "Members",
        summary: "Take somebody out of a room",
        access: "rooms",
        details: "Oneself, or by a moderator anyone.",
        problems: ["not-found", "not-allowed"],
      }),
      async (c) => {
        const { user } = await guard.session(c);
        await rooms.remove(user, c.req.param("id"), readId(c.req.param("user")));
        return c.body(null, 204);
      },
    );
}
