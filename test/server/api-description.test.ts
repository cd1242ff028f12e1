/** What the API says of itself, held against a running server. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Room } from "#protocol/room.ts";
import type { NewWebhookResult } from "#protocol/webhook.ts";
import type { SendResult } from "#protocol/commands.ts";
import { describedRoutes } from "#server/http/operation.ts";
import { appRoutes } from "#test/support/app-routes.ts";
import type { Answer } from "#test/support/member.ts";
import { Member, PASSWORD, request } from "#test/support/member.ts";
import { openApiProblems } from "#test/support/openapi-rules.ts";
import type { RedisProcess } from "#test/support/redis-process.ts";
import { startRedis } from "#test/support/redis-process.ts";
import type { ServerProcess } from "#test/support/server-process.ts";
import { startServer } from "#test/support/server-process.ts";

const told = describedRoutes(appRoutes());

function operationOf(method: string, path: string) {
  const found = told.find((it) => it.method === method.toLowerCase() && it.path === path);
  assert.ok(found, `${method} ${path}`);
  return found.told;
}

describe("the API and its description", { concurrency: false }, () => {
  let redis: RedisProcess;
  let server: ServerProcess;
  let ada: Member;
  let brin: Member;
  let room: Room;
  let message: string;
  /** Of Brin. */
  let reported: string;
  /** The two parts of the address of a webhook. */
  let hook: readonly string[];
  before(async () => {
    redis = await startRedis();
    server = await startServer({ args: ["--redis-url", redis.url] });
    ada = await Member.enter(server.url, "Ada");
    brin = await Member.enter(server.url, "Brin");
    const made = await ada.call("POST", "/api/rooms", { kind: "open", name: "Garden" });
    room = made.json<Room>();
    await ada.call("PUT", `/api/rooms/${room.id}/members/${brin.me.id}`, {});
    message = (await ada.say("Hello @Brin", "first-message", room.id)).json<SendResult>().id;
    await brin.call("PUT", `/api/rooms/${room.id}/messages/${message}/reactions`, { emoji: "👍" });
    await ada.call("PUT", `/api/rooms/${room.id}/pins/${message}`);
    const webhook = await ada.call("POST", `/api/rooms/${room.id}/webhooks`, { name: "Deploys" });
    hook = webhook.json<NewWebhookResult>().address.split("/").slice(-2);
    await fill();
  });

  /** Something of everything that an answer may hold. */
  const fill = async () => {
    const cleo = await Member.enter(server.url, "Cleo");
    const said = await brin.say("Buy my bulbs", "brins-message", room.id);
    reported = said.json<SendResult>().id;
    for (const [member, method, path, body] of [
      [brin, "PATCH", "/api/me", { displayName: "Brin B.", about: "Sows" }],
      [ada, "PUT", `/api/rooms/${room.id}/mutes/${brin.me.id}`, { until: 4_000_000_000 }],
      [
        ada,
        "PUT",
        `/api/rooms/${room.id}/notify`,
        { level: "mentions", mutedUntil: 4_000_000_000 },
      ],
      [ada, "PATCH", "/api/me/preferences", { quietUntil: 4_000_000_000 }],
      [ada, "PUT", `/api/blocks/${cleo.me.id}`, undefined],
      [ada, "PUT", `/api/admin/people/${cleo.me.id}/suspension`, { reason: "Spam" }],
      [ada, "POST", "/api/admin/invitations", {}],
      [ada, "PUT", `/api/rooms/${room.id}/messages/${message}/reactions`, { emoji: "🌱" }],
      [brin, "POST", `/api/rooms/${room.id}/messages/${message}/reports`, { reason: "spam" }],
    ] as const) {
      const { status, text } = await member.call(method, path, body);
      assert.ok(status < 300, `${method} ${path}: ${text}`);
    }
  };
  after(async () => {
    await server.stop();
    await redis.stop();
  });

  test("[AP2] what a server gives as its description is valid OpenAPI, for everybody", async () => {
    const answer = await request(server.url, "GET", "/api/openapi.json");
    assert.equal(answer.headers.get("Content-Type"), "application/json");
    assert.deepEqual(openApiProblems(answer.json()), []);
  });

  test("[AP4] the page about the API is there for everybody, with its style and no script", async () => {
    const page = await request(server.url, "GET", "/api");
    assert.equal(page.status, 200);
    assert.match(page.headers.get("Content-Type") ?? "", /^text\/html/u);
    assert.match(page.text, /^<!doctype html>/u);
    assert.match(page.headers.get("Content-Security-Policy") ?? "", /style-src 'self';/u);
    const style = await request(server.url, "GET", "/api/style.css");
    assert.deepEqual(
      [style.status, style.headers.get("Content-Type")],
      [200, "text/css; charset=utf-8"],
    );
  });

  const ROUTES = [
    ["GET", "/healthz"],
    ["GET", "/readyz"],
    ["GET", "/api/welcome"],
    ["GET", "/api/me"],
    ["PATCH", "/api/me", "", { displayName: "Ada L." }],
    ["GET", "/api/me/preferences"],
    ["PATCH", "/api/me/preferences", "", { receipts: false }],
    ["GET", "/api/me/export"],
    ["GET", "/api/sessions"],
    ["GET", "/api/blocks"],
    ["POST", "/api/sign-in-links"],
    ["GET", "/api/people/:user"],
    ["GET", "/api/people/:user/presence"],
    ["GET", "/api/admin/people"],
    ["GET", "/api/admin/settings"],
    ["PATCH", "/api/admin/settings", "", { registration: "open" }],
    ["POST", "/api/admin/invitations", "", { uses: 2 }],
    ["GET", "/api/admin/invitations"],
    ["POST", "/api/admin/people/:user/sign-in-links"],
    ["POST", "/api/rooms/:id/messages/:message/reports", "", { reason: "other", words: "Bulbs" }],
    ["GET", "/api/admin/reports", "?state=open"],
    ["GET", "/api/people", "?search=a"],
    ["GET", "/api/online"],
    ["GET", "/api/rooms"],
    ["GET", "/api/rooms/:id"],
    ["GET", "/api/open-rooms", "?search=garden"],
    ["GET", "/api/rooms/:id/members"],
    ["GET", "/api/rooms/:id/bans"],
    ["GET", "/api/rooms/:id/messages"],
    ["GET", "/api/rooms/:id/pins"],
    ["PATCH", "/api/rooms/:id", "", { topic: "Herbs" }],
    ["POST", "/api/chats", "", { people: [2] }],
    ["POST", "/api/rooms/:id/messages", "", { cid: "second-message", message: "Again" }],
    ["PATCH", "/api/rooms/:id/messages/:message", "", { message: "Hello @Brin!" }],
    ["PUT", "/api/rooms/:id/read", "", { position: "0.000001" }],
    ["GET", "/api/rooms/:id/webhooks"],
    ["POST", "/api/rooms/:id/webhooks", "", { name: "Alerts" }],
    ["GET", "/api/admin/bots"],
    ["GET", "/api/strangers"],
    ["GET", "/api/admin/strangers"],
    ["PUT", "/api/admin/strangers", "", { open: true }],
    ["GET", "/api/admin/strangers/reports"],
    ["GET", "/api/admin/strangers/bans"],
    ["POST", "/api/admin/bots", "", { username: "Gardener", scopes: ["read"] }],
    ["POST", "/api/hooks/:hook/:token", "", { text: "Deploy is done" }],
    ["POST", "/api/session", "", { username: "Ada", password: PASSWORD }],
  ] as const;
  for (const [method, path, query = "", body] of ROUTES) {
    test(`[AP5] the answer to ${method} ${path} is what is told, and nothing besides`, async () => {
      const { answer, status, also = {} } = operationOf(method, path);
      const real = path
        .replace(":id", room.id)
        .replace(":message", path.endsWith("/reports") ? reported : message)
        .replace(":user", String(brin.me.id))
        .replace(":hook/:token", hook.join("/"));
      const given = await ada.call(method, real + query, body);
      const allowed = [status ?? 200, ...Object.keys(also).map(Number)];
      assert.ok(allowed.includes(given.status), `${given.status} ${given.text}`);
      // What is not told is dropped by the schema, and so would be missing.
      assert.deepEqual(answer?.parse(given.json()), given.json());
    });
  }

  test("[AP5] each route with a body reads it with the schema that is told", async () => {
    const bodies = told.filter(({ told: { body } }) => body !== undefined);
    for (const {
      method,
      path,
      told: { body },
    } of bodies) {
      // A body that is no object at all, and one in which every field is wrong.
      const wrong = [[], Object.fromEntries(fieldsOf(body).map((field) => [field, { no: 1 }]))];
      for (const each of wrong) {
        const expected = body?.safeParse(each);
        assert.ok(expected?.success === false, `${method} ${path}`);
        const real = path
          .replaceAll(/:id/gu, room.id)
          .replaceAll(":hook/:token", hook.join("/"))
          .replaceAll(/:user/gu, "2")
          .replaceAll(/:\w+/gu, message);
        const answer = await ada.call(method.toUpperCase(), real, each);
        const [issue] = expected.error.issues;
        const field = issue?.path.join(".") ?? "";
        const { code, detail } = answer.json<{ code: string; detail: string }>();
        assert.equal(code, "bad-request", `${method} ${path}: ${answer.text}`);
        assert.equal(detail, `${field}${field && ": "}${issue?.message}.`);
      }
    }
  });

  test("[AP5] each route that is told to need a session does", async () => {
    for (const {
      method,
      path,
      told: { access },
    } of told) {
      const real = path.replaceAll(/:\w+/gu, "1");
      const { status } = await bare(method, real);
      if (path.includes(":token")) assert.equal(status, 404);
      else if (access === "public") assert.notEqual(status, 404, `${method} ${path}`);
      else assert.equal(status, 401, `${method} ${path}`);
    }
  });

  test("[AP6] a refusal for want of a session names the way, and one of a method the right ones", async () => {
    const nobody = await bare("get", "/api/me");
    assert.equal(nobody.headers.get("WWW-Authenticate"), 'Bearer realm="Klatch"');
    for (const [method, path, allow] of [
      ["PUT", "/api/rooms", "GET, HEAD, POST"],
      ["POST", "/api/rooms/0", "GET, HEAD, PATCH, DELETE"],
      ["PUT", "/api/me", "DELETE, GET, HEAD, PATCH"],
      ["POST", "/", "GET, HEAD"],
    ] as const) {
      const answer = await ada.call(method, path, {});
      assert.deepEqual([answer.status, answer.headers.get("Allow")], [405, allow], path);
    }
  });

  const bare = (method: string, path: string): Promise<Answer> =>
    request(server.url, method.toUpperCase(), path, method === "get" ? {} : { body: {} });
});

function fieldsOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null || !("shape" in schema)) return [];
  return typeof schema.shape === "object" && schema.shape !== null ? Object.keys(schema.shape) : [];
}
