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
import * as shapes from "#server/shapes/admin-shapes.ts";
import * as own from "#server/shapes/own-shapes.ts";
import { readBody } from "./body.ts";
import type { Guard, Guarded } from "./guard.ts";
import { operation } from "./operation.ts";
import { readId } from "./read-id.ts";

export interface JoiningParts {
  readonly joining: Joining;
  readonly signInLinks: SignInLinks;
}

export function joiningRoutes(parts: JoiningParts, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/welcome",
      operation({
        group: "Account",
        summary: "Say who may register",
        access: "public",
        answer: own.welcome,
      }),
      async (c) => c.json((await parts.joining.welcome()) satisfies Welcome),
    )
    .route("/", settingRoutes(parts, guard))
    .route("/", invitationRoutes(parts, guard))
    .route("/", linkRoutes(parts, guard));
}

function settingRoutes({ joining }: JoiningParts, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/admin/settings",
      operation({
        group: "Administration",
        summary: "Look at what admins have set",
        details: "For admins.",
        answer: shapes.settings,
      }),
      async (c) => {
        const session = await guard.session(c);
        return c.json((await joining.settings(session)) satisfies Settings);
      },
    )
    .patch(
      "/admin/settings",
      operation({
        group: "Administration",
        summary: "Set who may register",
        details: "By an admin; it holds on all servers at once.",
        body: shapes.settingsChange,
        answer: shapes.settings,
      }),
      async (c) => {
        const session = await guard.session(c);
        const { registration } = await readBody(c, shapes.settingsChange);
        const change = registration === undefined ? {} : { registration };
        return c.json((await joining.changeSettings(session, change)) satisfies Settings);
      },
    );
}

function invitationRoutes({ joining }: JoiningParts, guard: Guard) {
  return new Hono<Guarded>()
    .get(
      "/admin/invitations",
      operation({
        group: "Administration",
        summary: "List invitations that can still be used",
        details: "For admins. No token is ever shown again.",
        answer: shapes.invitationsResult,
      }),
      async (c) => {
        const session = await guard.session(c);
        return c.json((await joining.invitations(session)) satisfies InvitationsResult);
      },
    )
    .post(
      "/admin/invitations",
      operation({
        group: "Administration",
        summary: "Make an invitation",
        details: "By an admin. Its token is in this answer alone.",
        body: shapes.newInvitation,
        answer: shapes.madeInvitation,
        status: 201,
        problems: ["too-many-invitations"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const { uses, lifetime } = await readBody(c, shapes.newInvitation);
        const draft = {
          ...(uses !== undefined && { uses }),
          ...(lifetime !== undefined && { lifetime }),
        };
        return c.json((await joining.invite(session, draft)) satisfies MadeInvitation, 201);
      },
    )
    .delete(
      "/admin/invitations/:invitation",
      operation({
        group: "Administration",
        summary: "Revoke an invitation",
        details: "By an admin; nobody joins with it any more.",
        problems: ["not-found"],
      }),
      async (c) => {
        await joining.revoke(await guard.session(c), c.req.param("invitation"));
        return c.body(null, 204);
      },
    );
}

function linkRoutes({ signInLinks }: JoiningParts, guard: Guard) {
  return new Hono<Guarded>()
    .post(
      "/sign-in-links",
      operation({
        group: "Account",
        summary: "Make a link that signs in another device",
        details: "It works once, for 15 minutes. Its token is in this answer alone.",
        answer: own.signInLink,
        status: 201,
        problems: ["too-many-requests"],
      }),
      async (c) => {
        const session = await guard.session(c);
        return c.json((await signInLinks.create(session)) satisfies SignInLink, 201);
      },
    )
    .post(
      "/admin/people/:user/sign-in-links",
      operation({
        group: "Administration",
        summary: "Make a sign-in link for somebody who is locked out",
        details: "By an admin; for admins and owners, by an owner. It works once, for four hours.",
        answer: own.signInLink,
        status: 201,
        problems: ["not-found", "too-many-requests"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const user = readId(c.req.param("user"));
        return c.json((await signInLinks.createFor(session, user)) satisfies SignInLink, 201);
      },
    );
}
