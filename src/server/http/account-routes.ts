/** The REST routes of accounts and sessions. */
import { Hono } from "hono";
import type { Me } from "#protocol/api.ts";
import type { Accounts, SignedIn } from "#server/core/people/accounts.ts";
import type { Leaving } from "#server/core/people/leaving.ts";
import * as answers from "#server/shapes/answers.ts";
import { farewell, newAccount, signIn } from "#server/shapes/own-shapes.ts";
import { credentials, passwordChange } from "#server/shapes/schemas.ts";
import { mustHaveShape, readBody } from "./body.ts";
import { noCookie, sessionCookie } from "./cookie.ts";
import type { Guard, Guarded, Request } from "./guard.ts";
import { operation } from "./operation.ts";

export interface AccountParts {
  readonly accounts: Accounts;
  readonly leaving: Leaving;
}

export function accountRoutes({ accounts, leaving }: AccountParts, guard: Guard) {
  const welcome = async (c: Request, { user, token }: SignedIn, status: 200 | 201) => {
    await guard.endReplaced(c);
    c.header("Set-Cookie", sessionCookie(token, guard.isHttps));
    return c.json(user satisfies Me, status);
  };
  return new Hono<Guarded>()
    .post(
      "/accounts",
      operation({
        group: "Account",
        summary: "Register, and be signed in",
        details:
          "The session's token comes in the cookie `klatch`, over https `__Host-klatch`; " +
          "a program may send it as a bearer token.",
        access: "public",
        body: newAccount,
        answer: answers.me,
        status: 201,
        problems: [
          "invitation-needed",
          "invitation-not-valid",
          "name-taken",
          "name-not-allowed",
          "password-not-allowed",
          "too-many-requests",
          "busy",
        ],
      }),
      async (c) => {
        const account = await readBody(c, newAccount);
        return welcome(c, await accounts.register(account, guard.client(c)), 201);
      },
    )
    .post(
      "/session",
      operation({
        group: "Account",
        summary: "Sign in",
        details:
          "With a name and a password, or with a `link`. The session in the cookie, if there is one, ends.",
        access: "public",
        body: signIn,
        answer: answers.me,
        problems: ["wrong-credentials", "link-not-valid", "suspended", "too-many-requests", "busy"],
      }),
      async (c) => {
        const body = await readBody(c, signIn);
        if (body.link !== undefined) {
          return welcome(c, await accounts.signInByLink(body.link, guard.client(c)), 200);
        }
        const { username, password } = mustHaveShape(credentials, body);
        return welcome(c, await accounts.signIn(username, password, guard.client(c)), 200);
      },
    )
    .delete(
      "/session",
      operation({
        group: "Account",
        summary: "Sign out",
        details: "The session's connections close, on every server.",
      }),
      async (c) => {
        await accounts.signOut(await guard.session(c));
        c.header("Set-Cookie", noCookie(guard.isHttps));
        return c.body(null, 204);
      },
    )
    .put(
      "/me/password",
      operation({
        group: "Account",
        summary: "Change one's password",
        details: "All other sessions of one's own end, on every server.",
        body: passwordChange,
        problems: ["wrong-password", "password-not-allowed", "too-many-requests", "busy"],
      }),
      async (c) => {
        const session = await guard.session(c);
        const { current, password } = await readBody(c, passwordChange);
        await accounts.changePassword(session, current, password);
        return c.body(null, 204);
      },
    )
    .delete(
      "/me",
      operation({
        group: "Account",
        summary: "Delete one's account",
        details:
          "All one's sessions end at once. What one said stays without one's name, or is deleted message by message.",
        body: farewell,
        problems: ["wrong-password", "too-many-requests", "busy"],
      }),
      async (c) => {
        const session = await guard.session(c);
        await leaving.leave(session, await readBody(c, farewell));
        c.header("Set-Cookie", noCookie(guard.isHttps));
        return c.body(null, 204);
      },
    )
    .get(
      "/me",
      operation({
        group: "Account",
        summary: "Say who one is",
        access: "anyone",
        answer: answers.me,
      }),
      async (c) => {
        const { user, role } = await guard.session(c);
        return c.json({ ...user, role } satisfies Me);
      },
    );
}
