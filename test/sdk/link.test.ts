/**
 * The link: when it comes back, when it does not, and what it says meanwhile; and who is signed in.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { closing } from "#protocol/closings.ts";
import { Klatch, KlatchError, MemoryStore } from "#sdk/index.ts";
import type { FetchResponse, LinkState } from "#sdk/index.ts";
import { RETRY_CAP_MS, retryDelayMs } from "#sdk/retry.ts";
import { World } from "#test/support/sdk-world.ts";

const ADA = { id: 1, username: "ada" };

function linked(world = new World()) {
  const environment = world.environment();
  const klatch = new Klatch({ me: ADA, environment });
  const states: LinkState[] = [];
  klatch.onLink((state) => states.push(state));
  const line = () => {
    const connection = environment.connections.at(-1);
    assert.ok(connection);
    return connection;
  };
  return { world, environment, klatch, states, line };
}

test("waits are spread from nothing to a bound that doubles from 0.5 s to 20 s", () => {
  fc.assert(
    fc.property(
      fc.nat(2_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (tries, random) => {
        const delay = retryDelayMs(tries, random);
        assert.ok(delay >= 0 && delay < Math.min(RETRY_CAP_MS, 500 * 2 ** tries));
      },
    ),
  );
  assert.equal(retryDelayMs(0, 0.999), 499);
  assert.equal(retryDelayMs(3, 0.5), 2_000);
  assert.equal(retryDelayMs(99, 0.5), 10_000);
});

test("a wait the server asks for is kept, and spread over a second more", () => {
  assert.equal(retryDelayMs(0, 0, 7), 7_000);
  assert.equal(retryDelayMs(50, 0.5, 7), 7_500);
});

test("the link opens, and says each step", async () => {
  const { world, klatch, states } = linked();
  assert.deepEqual(klatch.link, { at: "idle" });
  klatch.connect();
  klatch.connect();
  await world.deliver();
  assert.deepEqual(states, [{ at: "connecting", tries: 0 }, { at: "open" }]);
  assert.equal(world.server.connections.size, 1);
});

test("an unreachable server is tried again, later each time, until it is back", async () => {
  const { world, klatch, states, environment, line } = linked();
  klatch.connect();
  for (let tries = 1; tries <= 12; tries++) {
    line().cut();
    const { link } = klatch;
    assert.ok(link.at === "waiting");
    assert.equal(link.tries, tries);
    const wait = link.retryAt - world.clock.now();
    assert.ok(wait >= 0 && wait <= Math.min(20_000, 500 * 2 ** tries));
    world.clock.advance(wait);
    assert.deepEqual(klatch.link, { at: "connecting", tries });
  }
  await world.deliver();
  assert.deepEqual(states.at(-1), { at: "open" });
  assert.equal(environment.connections.length, 13);
});

test("a link that held is reopened soon; one that breaks at once again waits longer", async () => {
  const { world, klatch, line } = linked();
  klatch.connect();
  await world.deliver();
  await world.pass(10);
  line().cut();
  assert.deepEqual(klatch.link.at === "waiting" && klatch.link.tries, 0);
  for (let tries = 1; tries < 5; tries++) {
    klatch.reconnectNow();
    await world.deliver();
    line().cut();
    assert.deepEqual(klatch.link.at === "waiting" && klatch.link.tries, tries);
  }
});

test("an attempt that neither opens nor fails is given up", () => {
  const { world, klatch, line } = linked();
  klatch.connect();
  const first = line();
  world.clock.advance(12_000);
  assert.equal(klatch.link.at, "waiting");
  assert.ok(first.isOver);
});

test("waking up ends the wait", async () => {
  const { world, klatch, environment, line } = linked();
  klatch.connect();
  line().cut();
  environment.wake();
  assert.equal(klatch.link.at, "connecting");
  await world.deliver();
  assert.equal(klatch.link.at, "open");
});

test("a link that died in its sleep is found out within 5 s of waking up", async () => {
  const { world, klatch, environment, line } = linked();
  klatch.connect();
  await world.deliver();
  environment.wake();
  environment.wake();
  await world.pass(6);
  assert.equal(environment.connections.length, 1);
  environment.wake();
  world.clock.advance(4_999);
  assert.equal(klatch.link.at, "open");
  world.clock.advance(1);
  assert.equal(klatch.link.at, "waiting");
  assert.ok(line().isOver);
});

test("a command without an answer for 20 s ends the link; its message waits", async () => {
  const { world, klatch, line } = linked();
  klatch.connect();
  await world.deliver();
  klatch.room("0").send("into the void");
  world.clock.advance(20_000);
  assert.equal(klatch.link.at, "waiting");
  assert.ok(line().isOver);
  await world.pass(3);
  assert.equal(world.server.log("0").length, 1);
});

test("when the server says so, the link stays closed, and nothing is left running", async () => {
  const reasons = ["signed-out", "too-many-mistakes", "too-many-connections"] as const;
  for (const reason of reasons) {
    const { world, klatch, line } = linked();
    klatch.connect();
    await world.deliver();
    line().listener.onClosing(closing(reason));
    assert.deepEqual(klatch.link, { at: "closed", why: reason });
    assert.equal(world.clock.timers, 0);
    klatch.reconnectNow();
    await world.pass(60);
    assert.deepEqual(klatch.link, { at: "closed", why: reason });
    klatch.connect();
    await world.deliver();
    assert.deepEqual(klatch.link, { at: "open" });
  }
});

test("a server that restarts is left when it closes, and found again", async () => {
  const { world, klatch, line } = linked();
  klatch.connect();
  await world.deliver();
  line().listener.onClosing(closing("restarting"));
  assert.equal(klatch.link.at, "open");
  line().cut();
  await world.pass(3);
  assert.equal(klatch.link.at, "open");
});

test("who is not signed in is not let in, and does not knock again", async () => {
  const { world, klatch, states } = linked();
  world.server.refuseConnection = { code: "not-signed-in", detail: "Please sign in." };
  klatch.connect();
  await world.deliver();
  await world.pass(60);
  assert.deepEqual(states.slice(1), [{ at: "closed", why: "not-signed-in" }]);
});

test("a server that is too busy is given the time it asks for", async () => {
  const { world, klatch } = linked();
  world.server.refuseConnection = { code: "too-many-requests", detail: "Later.", retryAfter: 9 };
  klatch.connect();
  await world.deliver();
  const { link } = klatch;
  assert.ok(link.at === "waiting");
  const wait = link.retryAt - world.clock.now();
  assert.ok(wait >= 9_000 && wait <= 10_000);
});

test("closing ends everything, also from inside a listener", async () => {
  const { world, klatch, states } = linked();
  klatch.onLink(({ at }) => {
    if (at === "open") klatch.close();
  });
  klatch.room("0").join();
  klatch.connect();
  await world.deliver();
  assert.deepEqual(states.at(-1), { at: "idle" });
  assert.equal(world.server.connections.size, 0);
  assert.equal(world.clock.timers, 0);
});

/** A REST side with one account, in the shape of the real one. */
function accounts() {
  let signedIn = false;
  let isOffline = false;
  const requests: string[] = [];
  const fetch = (
    url: string,
    {
      method,
      body,
      headers,
    }: { method: string; body?: string; headers: Readonly<Record<string, string>> },
  ): Promise<FetchResponse> => {
    if (isOffline) return Promise.reject(new TypeError("fetch failed"));
    requests.push(`${method} ${url}`);
    const isMine = signedIn || headers["authorization"] === "Bearer t0ken";
    if (method === "POST" && body?.includes("right")) {
      signedIn = true;
      return Promise.resolve(reply(200, ADA, ["klatch=t0ken; HttpOnly; Path=/"]));
    }
    if (method === "POST") {
      return Promise.resolve(
        reply(401, { code: "wrong-credentials", detail: "Wrong name or password." }),
      );
    }
    if (!isMine)
      return Promise.resolve(reply(401, { code: "not-signed-in", detail: "Please sign in." }));
    if (method === "DELETE") signedIn = false;
    return Promise.resolve(reply(method === "DELETE" ? 204 : 200, ADA));
  };
  const offline = (value: boolean) => {
    isOffline = value;
  };
  return { fetch, requests, offline };
}

function reply(status: number, body: unknown, cookies: string[] = []): FetchResponse {
  const headers = { get: () => null, getSetCookie: () => cookies };
  return { ok: status < 400, status, headers, json: () => Promise.resolve(body) };
}

test("signing in makes a session that the link then uses", async () => {
  const world = new World();
  const { fetch, requests } = accounts();
  const environment = world.environment(fetch);
  const klatch = new Klatch({ url: "http://chat.test/", environment });
  assert.equal(await klatch.whoAmI(), undefined);
  await assert.rejects(
    klatch.signIn("ada", "wrong"),
    (error) => error instanceof KlatchError && error.code === "wrong-credentials",
  );
  assert.deepEqual(await klatch.signIn("ada", "right"), ADA);
  klatch.connect();
  await world.deliver();
  const { options } = environment.connections[0] ?? {};
  assert.deepEqual(options, { url: "http://chat.test", token: "t0ken", user: 1 });
  assert.equal(requests[0], "GET http://chat.test/api/me");
});

test("signing out closes the link and forgets what was said and not yet sent", async () => {
  const world = new World();
  const { fetch, offline } = accounts();
  const environment = world.environment(fetch);
  const store = new MemoryStore();
  const klatch = new Klatch({ environment, store });
  await klatch.signIn("ada", "right");
  const room = klatch.room("0");
  room.join();
  klatch.connect();
  await world.deliver();
  room.send("stored");
  await world.deliver();
  room.send("on its way");
  offline(true);
  await assert.rejects(klatch.signOut(), { code: "offline" });
  assert.equal(room.entries.length, 2);
  offline(false);
  await klatch.signOut();
  await world.deliver();
  assert.deepEqual(klatch.link, { at: "idle" });
  assert.equal(klatch.me, undefined);
  assert.deepEqual(room.entries, []);
  assert.deepEqual(await store.load("#1"), []);
  assert.equal(klatch.room("0"), room);
});

test("a link asks who it is before it opens, and keeps trying while nobody answers", async () => {
  const world = new World();
  const { fetch, offline } = accounts();
  const environment = world.environment(fetch);
  const klatch = new Klatch({ token: "t0ken", environment });
  const room = klatch.room("0");
  room.join();
  room.send("before anyone knew who I am");
  assert.equal(room.entries[0]?.from, 0);
  offline(true);
  klatch.connect();
  await world.deliver();
  assert.equal(klatch.link.at, "waiting");
  assert.equal(environment.connections.length, 0);
  offline(false);
  await world.pass(20);
  assert.equal(klatch.link.at, "open");
  assert.deepEqual(
    room.entries.map(({ from, state }) => [from, state]),
    [[1, "stored"]],
  );
});

test("an answer that is no problem of ours still becomes an error in words", async () => {
  const world = new World();
  const broken = {
    ...reply(502, undefined),
    json: () => Promise.reject(new SyntaxError("<html>")),
  };
  const klatch = new Klatch({ environment: world.environment(() => Promise.resolve(broken)) });
  await assert.rejects(klatch.whoAmI(), (error) => {
    assert.ok(error instanceof KlatchError);
    return error.code === "unavailable" && error.message.includes("502");
  });
});

test("a newer server's refusals are told in its own words", async () => {
  const world = new World();
  const refusal = reply(418, { code: "too-much-tea", detail: "The pot is empty.", retryAfter: 9 });
  const klatch = new Klatch({ environment: world.environment(() => Promise.resolve(refusal)) });
  await assert.rejects(klatch.whoAmI(), { message: "The pot is empty.", retryAfter: 9 });
});

test("a client needs to know where its server is, and says so at once", () => {
  for (const options of [undefined, { url: "" }, { url: "chat.test" }, { url: "localhost:8080" }]) {
    assert.throws(() => new Klatch(options), /needs its server/u);
  }
  new Klatch({ url: "https://chat.test" }).close();
});

test("history is asked for by what is given, and by nothing else", async () => {
  const world = new World();
  const urls: string[] = [];
  const environment = world.environment((url) => {
    urls.push(url);
    return Promise.resolve(reply(200, { messages: [], people: [] }));
  });
  const general = new Klatch({ url: "http://chat.test", environment }).room("0");
  const page = await general.history({ limit: 20 });
  await general.history({ before: page.before, around: "1.000000" });
  await general.history();
  assert.deepEqual(urls, [
    "http://chat.test/api/rooms/0/messages?limit=20",
    "http://chat.test/api/rooms/0/messages?around=1.000000",
    "http://chat.test/api/rooms/0/messages?",
  ]);
});

test("signing out of a session that is over already forgets its token", async () => {
  const world = new World();
  const { fetch } = accounts();
  const tokens: (string | undefined)[] = [];
  const environment = world.environment((url, request) => {
    tokens.push(request.headers["authorization"]);
    return fetch(url, request);
  });
  const klatch = new Klatch({ token: "long over", environment });
  await klatch.signOut();
  assert.equal(await klatch.whoAmI(), undefined);
  assert.deepEqual(tokens, ["Bearer long over", undefined]);
});
