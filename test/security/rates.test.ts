/** How often something may be tried: the whole burst is let through, and the next one is told to wait. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rate } from "#server/core/throttle.ts";
import {
  ACCOUNTS_PER_ADDRESS,
  CHATS_PER_USER,
  EXPORTS_PER_USER,
  LINKS_PER_USER,
  PICTURES_PER_USER,
  PROFILES_PER_USER,
  ROOMS_PER_USER,
} from "#server/core/throttle.ts";
import { mustRefuse, openWorld } from "#test/security/world.ts";
import type { Answer } from "#test/support/member.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";

const world = await openWorld({ servers: 2 });
const urls = world.servers.map(({ url }) => url);
const ada = await Member.enter(world.url, "ada");
/** Ada's was counted, too. */
const ACCOUNTS_LEFT = { ...ACCOUNTS_PER_ADDRESS, burst: ACCOUNTS_PER_ADDRESS.burst - 1 };

const call = (method: string, path: string, body?: (at: number) => unknown) => {
  return (url: string, at: number) => ada.at(url).call(method, path, body?.(at));
};

const RATES: readonly (readonly [
  what: string,
  rate: Rate,
  act: (url: string, at: number) => Promise<Answer>,
])[] = [
  ["new rooms", ROOMS_PER_USER, call("POST", "/api/rooms", () => ({ kind: "closed", name: "x" }))],
  ["new chats", CHATS_PER_USER, call("POST", "/api/chats", () => ({ people: [] }))],
  ["profiles", PROFILES_PER_USER, call("PATCH", "/api/me", (at) => ({ about: `${at}` }))],
  ["pictures", PICTURES_PER_USER, call("PUT", "/api/me/picture", () => "no picture")],
  ["sign-in links", LINKS_PER_USER, call("POST", "/api/sign-in-links")],
  ["copies", EXPORTS_PER_USER, call("GET", "/api/me/export")],
  // Also a name that is taken counts: else names could be tried without an end.
  [
    "accounts",
    ACCOUNTS_LEFT,
    (url) =>
      request(url, "POST", "/api/accounts", { body: { username: "ada", password: PASSWORD } }),
  ],
];

for (const [what, { burst, everyMs }, act] of RATES) {
  test(`[TH1] ${burst} ${what} at once are let through on two servers, and one more has to wait`, async () => {
    for (let at = 0; at < burst; at++) {
      const { status, text } = await act(urls[at % 2] ?? "", at);
      assert.notEqual(status, 429, `${at + 1}: ${text}`);
    }
    const problem = mustRefuse(await act(urls[burst % 2] ?? "", burst), "too-many-requests", what);
    assert.ok(
      (problem.retryAfter ?? 0) > 0 && (problem.retryAfter ?? 0) * 1_000 <= everyMs + 1_000,
    );
  });
}
