/** The REST routes of accounts and sessions. */
import { Hono } from "hono";
import type { Me } from "#protocol/api.ts";
import type { Accounts, SignedIn } from "#server/core/people/accounts.ts";
import * as answers from "#server/answers.ts";
import { credentials, passwordChange } from "#server/schemas.ts";
import { readBody } from "./body.ts";
import { noCookie, sessionCookie } from "./cookie.ts";
import type { Guard, Guarded, Request } from "./guard.ts";
import { operation } from "./operation.ts";

export function accountRoutes(accounts: Accounts, guard: Guard) {
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
        body: credentials,
        answer: answers.me,
        status: 201,
        problems: [
          "name-taken",
          "name-not-allowed",
          "password-not-allowed",
          "too-many-requests",
          "busy",
        ],
      }),
      async (c) => {
        const { username, password } = await readBody(c, credentials);
        return welcome(c, await accounts.register(username, password, guard.address(c)), 201);
      },
    )
    .post(
      "/session",
      operation({
        group: "Account",
        summary: "Sign in",
        details: "The session in the cookie, if there is one, ends.",
        access: "public",
        body: credentials,
        answer: answers.me,
        problems: ["wrong-credentials", "too-many-requests", "busy"],
      }),
      async (c) => {
        const { username, password } = await readBody(c, credentials);
        return welcome(c, await accounts.signIn(username, password, guard.address(c)), 200);
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
