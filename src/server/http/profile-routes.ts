/** The REST routes of profiles: how people show themselves. */
import { Hono } from "hono";
import { LIMITS } from "#protocol/limits.ts";
import type { Profile } from "#protocol/person.ts";
import type { Profiles } from "#server/core/people/profiles.ts";
import { profileChange } from "#server/schemas.ts";
import { readBody, readBytes } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { readUser } from "./user-param.ts";

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
    .get("/people/:user", async (c) => {
      await guard.session(c);
      return c.json((await profiles.profile(readUser(c.req.param("user")))) satisfies Profile);
    })
    .patch("/me", async (c) => {
      const session = await guard.session(c);
      const { username, displayName, about } = await readBody(c, profileChange);
      const change = {
        ...(username !== undefined && { username }),
        ...(displayName !== undefined && { displayName }),
        ...(about !== undefined && { about }),
      };
      return c.json((await profiles.change(session, change)) satisfies Profile);
    })
    .put("/me/picture", async (c) => {
      const session = await guard.session(c);
      const upload = () => readBytes(c.req.raw, LIMITS.pictureUploadBytesMax);
      return c.json((await profiles.setPicture(session, upload)) satisfies Profile);
    })
    .delete("/me/picture", async (c) => {
      await profiles.removePicture(await guard.session(c));
      return c.body(null, 204);
    })
    .get("/people/:user/picture/:hash", async (c) => {
      await guard.session(c);
      const { user, hash } = c.req.param();
      const bytes = await profiles.picture(readUser(user), hash);
      return c.body(Buffer.from(bytes), 200, PICTURE_HEADERS);
    });
}
