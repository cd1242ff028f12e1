/** The REST routes of joining: who may, invitations, and links that sign one in. */
import { Hono } from "hono";
import type {
  InvitationsResult,
  MadeInvitation,
  Settings,
  SignInLink,
  Welcome,
} from "#protocol/joining.ts";
import type { Joining } from "#server/core/people/joining.ts";
import type { SignInLinks } from "#server/core/people/sign-in-links.ts";
import * as schemas from "#server/schemas.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { readUser } from "./user-param.ts";

export interface JoiningParts {
  readonly joining: Joining;
  readonly signInLinks: SignInLinks;
}

export function joiningRoutes({ joining, signInLinks }: JoiningParts, guard: Guard) {
  return new Hono<Guarded>()
    .get("/welcome", async (c) => c.json((await joining.welcome()) satisfies Welcome))
    .get("/admin/settings", async (c) => {
      const session = await guard.session(c);
      return c.json((await joining.settings(session)) satisfies Settings);
    })
    .patch("/admin/settings", async (c) => {
      const session = await guard.session(c);
      const { registration } = await readBody(c, schemas.settingsChange);
      const change = registration === undefined ? {} : { registration };
      return c.json((await joining.changeSettings(session, change)) satisfies Settings);
    })
    .get("/admin/invitations", async (c) => {
      const session = await guard.session(c);
      return c.json((await joining.invitations(session)) satisfies InvitationsResult);
    })
    .post("/admin/invitations", async (c) => {
      const session = await guard.session(c);
      const { uses, lifetime } = await readBody(c, schemas.newInvitation);
      const draft = {
        ...(uses !== undefined && { uses }),
        ...(lifetime !== undefined && { lifetime }),
      };
      return c.json((await joining.invite(session, draft)) satisfies MadeInvitation, 201);
    })
    .delete("/admin/invitations/:id", async (c) => {
      await joining.revoke(await guard.session(c), c.req.param("id"));
      return c.body(null, 204);
    })
    .post("/sign-in-links", async (c) => {
      const session = await guard.session(c);
      return c.json((await signInLinks.create(session)) satisfies SignInLink, 201);
    })
    .post("/admin/people/:user/sign-in-links", async (c) => {
      const session = await guard.session(c);
      const user = readUser(c.req.param("user"));
      return c.json((await signInLinks.createFor(session, user)) satisfies SignInLink, 201);
    });
}
