/** The REST routes of accounts and sessions. */
import { Hono } from "hono";
import type { Me } from "#protocol/api.ts";
import type { Accounts, SignedIn } from "#server/core/people/accounts.ts";
import type { Leaving } from "#server/core/people/leaving.ts";
import { credentials, farewell, newAccount, passwordChange, signIn } from "#server/schemas.ts";
import { mustHaveShape, readBody } from "./body.ts";
import { noCookie, sessionCookie } from "./cookie.ts";
import type { Guard, Guarded, Request } from "./guard.ts";

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
    .post("/accounts", async (c) => {
      const account = await readBody(c, newAccount);
      return welcome(c, await accounts.register(account, guard.client(c)), 201);
    })
    .post("/session", async (c) => {
      const body = await readBody(c, signIn);
      if (body.link !== undefined) {
        return welcome(c, await accounts.signInByLink(body.link, guard.client(c)), 200);
      }
      const { username, password } = mustHaveShape(credentials, body);
      return welcome(c, await accounts.signIn(username, password, guard.client(c)), 200);
    })
    .delete("/session", async (c) => {
      await accounts.signOut(await guard.session(c));
      c.header("Set-Cookie", noCookie(guard.isHttps));
      return c.body(null, 204);
    })
    .put("/me/password", async (c) => {
      const session = await guard.session(c);
      const { current, password } = await readBody(c, passwordChange);
      await accounts.changePassword(session, current, password);
      return c.body(null, 204);
    })
    .delete("/me", async (c) => {
      const session = await guard.session(c);
      await leaving.leave(session, await readBody(c, farewell));
      c.header("Set-Cookie", noCookie(guard.isHttps));
      return c.body(null, 204);
    })
    .get("/me", async (c) => {
      const { user, role } = await guard.session(c);
      return c.json({ ...user, role } satisfies Me);
    });
}
