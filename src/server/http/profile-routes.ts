/** The REST routes of profiles: how people show themselves. */
import { Hono } from "hono";
import { LIMITS } from "#protocol/limits.ts";
import type { Profile } from "#protocol/person.ts";
import type { Profiles } from "#server/core/people/profiles.ts";
import * as own from "#server/shapes/own-shapes.ts";
import { readBody, readBytes } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";

/**
 * Kept by the browser of who asked, and by nobody in between. Whatever the bytes are, they run
 * nothing, even opened by themselves.
 */
const PICTURE_HEADERS = {
  "Content-Type": "image/webp",
  "Content-Disposition": 'inline; filename="picture.webp"',
  "Cache-Control": "private, max-age=31536000, immutable",
  "Content-Security-Policy": "default-src 'none'; sandbox",
} as const;

export function profileRoutes(profiles: Profiles, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/people/:user",
      operation({
        group: "People",
        summary: "Look at somebody's profile",
        access: "read",
        answer: own.profile,
        problems: ["not-found"],
      }),
      async (c) => {
        const { user: asking } = await guard.session(c);
        const user = readId(c.req.param("user"));
        return c.json((await profiles.profile(asking, user)) satisfies Profile);
      },
    )
    .patch(
      "/me",
      operation({
        group: "Account",
        summary: "Change one's profile, or one's name",
        details:
          "What is absent stays as it is. An old name is nobody's for 30 days, and its last owner can take it back.",
        body: own.profileChange,
        answer: own.profile,
        problems: ["name-not-allowed", "name-taken", "profile-not-allowed", "too-many-requests"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const { username, displayName, about } = await readBody(c, own.profileChange);
        const change = {
          ...(username !== undefined && { username }),
          ...(displayName !== undefined && { displayName }),
          ...(about !== undefined && { about }),
        };
        return c.json((await profiles.change(session, change)) satisfies Profile);
      },
    )
    .put(
      "/me/picture",
      operation({
        group: "Account",
        summary: "Show a picture of oneself",
        details:
          "The body is the file, up to 5 MiB. Kept is a new, square picture, without what the file says besides.",
        files: own.UPLOADS,
        answer: own.profile,
        problems: ["picture-not-allowed", "too-many-requests", "busy"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const upload = () => readBytes(c.req.raw, LIMITS.pictureUploadBytesMax);
        return c.json((await profiles.setPicture(session, upload)) satisfies Profile);
      },
    )
    .delete(
      "/me/picture",
      operation({ group: "Account", summary: "Take one's picture away" }),
      async (c) => {
        await profiles.removePicture(await guard.session(c));
        return c.body(null, 204);
      },
    )
    .get(
      "/people/:user/picture/:hash",
      operation({
        group: "People",
        summary: "Get somebody's picture",
        access: "read",
        answer: own.picture,
        type: "image/webp",
        problems: ["not-found"],
      }),
      async (c) => {
        const { user: asking } = await guard.session(c);
        const { user, hash } = c.req.param();
        const bytes = await profiles.picture(asking, readId(user), hash);
        return c.body(Buffer.from(bytes), 200, PICTURE_HEADERS);
      },
    );
}
