/** The holes of the tutorial's apps, each tried on its contract here, and found closed. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import { request, tokenOf } from "#test/support/member.ts";
import { startServer } from "#test/support/server-process.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";
import type { TutorialLine } from "./client.ts";
import { TutorialClient, login } from "./client.ts";

const STRONG = "a fine long password";
const ARGS = ["--demo", "--tutorial"];

describe("[TU8] holes of the tutorial's apps", { concurrency: false }, () => {
  let servers: TwoServers;
  let one = "";
  let two = "";
  let pablo: TutorialClient;
  let joe: TutorialClient;
  let mary: TutorialClient;
  before(async () => {
    servers = await twoServers(ARGS);
    one = servers.one.url;
    two = servers.two.url;
    pablo = await TutorialClient.enter(one, "Pablo");
    joe = await TutorialClient.enter(two, "Joe");
    mary = await TutorialClient.enter(two, "Mary");
  });
  after(async () => {
    for (const url of [one, two]) assert.equal((await request(url, "GET", "/healthz")).status, 200);
    await servers[Symbol.asyncDispose]();
  });
  const cli = (...args: readonly string[]) => servers.redis.cli(...args);
  /** Others come and go by themselves, like those of presence. */
  const keysOfRooms = async () => (await cli("KEYS", "*room*")).split("\n").toSorted();
  const accounts = async () =>
    (await cli("KEYS", "user:*")).split("\n").filter((key) => /^user:\d+$/u.test(key)).length;
  const pageStatus = async (offset: unknown, size: unknown) =>
    (await pablo.get(`/room/0/messages?offset=${String(offset)}&size=${String(size)}`)).status;

  test("[TU8] S-D16 servers that start at once on an empty Redis write the demo once", async () => {
    assert.equal(await cli("GET", "total_users"), "5");
    assert.equal(await cli("ZCARD", "room:0"), "5");
    assert.equal(await cli("ZCARD", "room:2:3"), "2");
  });

  test("[TU8] S-D1 nobody speaks as somebody else, whatever `from` says", async () => {
    await using line = await mary.connect();
    for (const from of ["2", 2, "999", 999, "4 ", "04"]) {
      const answer = await line.ask("message", { roomId: "0", message: "forged", from, date: 1 });
      assert.match(errorOf(answer), /not-found/u, String(from));
    }
    const answer = await line.ask("message", { roomId: "0", message: "my own words" });
    assert.match(errorOf(answer), /"id"/u);
    const [newest] = await pablo.messages("0", 0, 0);
    assert.deepEqual([newest?.["from"], newest?.["message"]], [4, "my own words"]);
  });

  test("[TU8] S-D2 a message has the time at which it was stored, whatever `date` says", async () => {
    await using line = await pablo.connect();
    const from = Math.floor(Date.now() / 1000) - 1;
    const dates = [0, 1e300, 9e15, -5, null, "inf", "tomorrow", {}, [1]];
    for (const [at, date] of dates.entries()) line.say(`dated ${at}`, "0", { date });
    await line.hears(`dated ${dates.length - 1}`);
    const read = await pablo.messages("0", 0, dates.length - 1);
    assert.deepEqual(
      read.map(({ message }) => message).toReversed(),
      dates.map((_, at) => `dated ${at}`),
    );
    for (const { date } of read) assert.ok(Number(date) >= from && Number(date) < from + 60);
  });

  test("[TU8] S-D3 nobody writes into a room they are not in", async () => {
    await using line = await mary.connect();
    const held = await cli("ZCARD", "room:2:3");
    const answers = await Promise.all(
      ["2:3", "1:2", "7:8", "12345"].map((roomId) =>
        line.ask("message", { roomId, message: "let me in", from: "4", date: 1 }),
      ),
    );
    // Rooms of others and rooms that are not there are told alike.
    assert.equal(new Set(answers.map(errorOf)).size, 1);
    assert.match(errorOf(answers[0]), /not-found/u);
    assert.equal(await cli("ZCARD", "room:2:3"), held);
    assert.equal(await cli("EXISTS", "room:7:8", "room:12345"), "0");
  });

  test("[TU8] S-D4 S-D6 who joins a room of others hears nothing of it at any server", async () => {
    await using spy = await mary.connect();
    await using far = await mary.at(one).connect();
    for (const line of [spy, far]) {
      assert.match(errorOf(await line.ask("room.join", "2:3")), /not-found/u);
    }
    const nobody = new TutorialClient(two, { id: 0, username: "" }, "x".repeat(43));
    await assert.rejects(nobody.connect(), /sign in/u);
    await using there = await joe.connect();
    await using here = await pablo.connect();
    await Promise.all([here.done(), there.done()]);
    here.say("for Joe alone", "2:3");
    here.say("for all");
    await there.hears("for Joe alone");
    await Promise.all([spy, far].map((line) => line.hears("for all")));
    for (const line of [spy, far]) assert.ok(!line.texts().includes("for Joe alone"));
  });

  test("[TU8] S-D5 nobody reads a room they are not in, or sees whose rooms others are in", async () => {
    const [theirs, none] = await Promise.all(
      ["/room/2:3/messages", "/room/7:8/messages"].map((path) =>
        mary.get(`${path}?offset=0&size=5`),
      ),
    );
    assert.deepEqual([theirs?.status, theirs?.text], [200, "[]"]);
    assert.equal(theirs?.text, none?.text);
    const [another, nobodys] = await Promise.all(
      ["/rooms/2", "/rooms/77"].map((it) => mary.get(it)),
    );
    assert.deepEqual([another?.status, another?.text], [403, "Forbidden"]);
    assert.equal(another?.text, nobodys?.text);
    const pair = await mary.post("/room", { user1: 2, user2: 3 });
    assert.deepEqual([pair.status, pair.text], [403, "Forbidden"]);
    assert.equal((await mary.post("/room", { user1: 4, user2: 77 })).status, 404);
  });

  test("[TU8] S-D7 the bounds of a page, and how far back it can be", async () => {
    const { pageMessagesMax } = LIMITS;
    for (const [size, expected] of [
      [pageMessagesMax - 1, 200],
      [pageMessagesMax, 200],
      [pageMessagesMax + 1, 400],
      [1e9, 400],
      ["1e1", 400],
      ["Infinity", 400],
      [-1, 400],
    ] as const) {
      assert.equal(await pageStatus(0, size), expected, `size=${size}`);
    }
    for (const [offset, expected] of [
      [LIMITS.tutorialOffsetMax - 1, 200],
      [LIMITS.tutorialOffsetMax, 200],
      [LIMITS.tutorialOffsetMax + 1, 400],
      [-1, 400],
      ["NaN", 400],
      [0.5, 400],
    ] as const) {
      assert.equal(await pageStatus(offset, 1), expected, `offset=${offset}`);
    }
    const { peopleIdsMax } = LIMITS;
    for (const [count, expected] of [
      [peopleIdsMax - 1, 200],
      [peopleIdsMax, 200],
      [peopleIdsMax + 1, 400],
    ] as const) {
      assert.equal((await pablo.get(`/users?${idsOf(count)}`)).status, expected, `${count} people`);
    }
  });

  test("[TU8] S-D8 what is no room's id reaches no other key", async () => {
    const held = await keysOfRooms();
    const ids = [
      "0:name",
      "0:members",
      "{room:0}:meta",
      "x:members",
      "*",
      "0\r\nFLUSHALL",
      "1:2:3",
      "",
    ];
    for (const roomId of [...ids, "-1", "1e3", "٣"]) {
      await using line = await pablo.connect();
      for (const answer of [
        await line.ask("message", { roomId, message: "key", from: "2", date: 1 }),
        await line.ask("room.join", roomId),
      ]) {
        assert.match(errorOf(answer), /not-found/u, roomId);
      }
      const path = `/room/${encodeURIComponent(roomId || " ")}/messages?offset=0&size=1`;
      assert.deepEqual((await pablo.get(path)).text, "[]", roomId);
    }
    assert.deepEqual(await keysOfRooms(), held);
  });

  test("[TU8] S-D9 a new name is held to the rules of all, else told like a wrong password", async () => {
    const wrong = await login(one, "Alex", "not the password");
    const held = await cli("GET", "total_users");
    for (const [name, password] of [
      ["admin", STRONG],
      ["x", STRONG],
      ["two words", STRONG],
      ["Neo", "short"],
      ["Neo", "Neo"],
      ["Neo", "password123"],
      ["Neo", "x".repeat(LIMITS.passwordBytesMax + 1)],
    ]) {
      const answer = await login(one, name, password);
      assert.deepEqual([answer.status, answer.text], [404, wrong.text], `${name} ${password}`);
    }
    await using closed = await startServer({
      args: ["--redis-url", servers.redis.url, "--registration", "invitation", ...ARGS],
    });
    const uninvited = await login(closed.url, "Morpheus", STRONG);
    assert.deepEqual([uninvited.status, uninvited.text], [404, wrong.text]);
    assert.equal(await cli("GET", "total_users"), held);
    assert.equal((await login(closed.url, "Pablo", "password123")).status, 200);
  });

  test("[TU8] S-D10 of simultaneous registrations of one name one succeeds, and the others leave nothing", async () => {
    const held = await accounts();
    const tries = [one, two, one, two].map((url, at) => login(url, "Switch", `${STRONG} ${at}`));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 201).length, 1, String(statuses));
    assert.ok(
      statuses.every((status) => [201, 404, 429].includes(status)),
      String(statuses),
    );
    assert.equal(await accounts(), held + 1);
    // The same person, who pressed the button twice, is in twice.
    const twice = await Promise.all([one, two].map((url) => login(url, "Dozer", STRONG)));
    assert.deepEqual(
      twice.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 201],
    );
    assert.equal(await accounts(), held + 2);
  });

  test("[TU8] S-D11 logging in gives a new session and ends the one before", async () => {
    const first = await TutorialClient.enter(one, "Dozer", STRONG);
    const body = { username: "Dozer", password: STRONG };
    const again = await request(one, "POST", "/login", { body, headers: first.headers });
    assert.equal(again.status, 200);
    assert.notEqual(tokenOf(again), first.token);
    assert.equal((await first.get("/me")).text, "null");
    // A cookie from before, made up by somebody else, is never taken over.
    const planted = { ...first.headers, Cookie: `klatch=${"A".repeat(43)}` };
    const third = await request(one, "POST", "/login", { body, headers: planted });
    assert.notEqual(tokenOf(third), "A".repeat(43));
  });

  test("[TU8] S-D12 logging out closes the sockets and streams of the session, at all servers", async () => {
    const dozer = await TutorialClient.enter(one, "Dozer", STRONG);
    await using here = await dozer.connect();
    await using there = await dozer.at(two).connect();
    await using stream = await dozer.at(two).stream();
    await Promise.all([here.done(), there.done()]);
    const closed = [here, there].map(
      ({ socket }) =>
        new Promise((resolve) => {
          socket.once("disconnect", resolve);
        }),
    );
    here.say("last words");
    await there.hears("last words");
    assert.equal((await dozer.post("/logout")).status, 200);
    // Told goodbye, a client does not come back by itself.
    assert.deepEqual(await Promise.all(closed), Array(2).fill("io server disconnect"));
    await until(() => stream.isEnded, { what: "the end of the stream" });
    const [newest] = await pablo.messages("0", 0, 0);
    assert.equal(newest?.["message"], "last words");
  });

  test("[TU8] S-D13 one of two tabs closed is nobody gone; who was at a server that died is gone", async () => {
    const third = await startServer({ args: ["--redis-url", servers.redis.url, ...ARGS] });
    await using watcher = await pablo.connect();
    await using tab = await joe.connect();
    const other = await joe.connect();
    const gone = await mary.at(third.url).connect();
    const came = () => watcher.of("user.connected").map(({ id }) => id);
    await until(() => came().includes("3") && came().includes("4"), { what: "both" });
    other.socket.disconnect();
    await third.stop("SIGKILL");
    gone.socket.disconnect();
    const left = () => watcher.of("user.disconnected").map(({ id }) => id);
    await until(() => left().includes("4"), { what: "Mary gone", timeoutMs: 40_000 });
    assert.ok(!left().includes("3"), "Joe's other tab is still there");
    await tab.done();
    const online = (await pablo.get("/users/online")).json<Record<string, unknown>>();
    assert.deepEqual(Object.keys(online), ["2", "3"]);
  });

  test("[TU8] S-D14 who is nobody learns of nobody", async () => {
    for (const path of ["/users?ids[]=1", "/users?ids[]=9999", "/users", "/users/online"]) {
      const answer = await request(one, "GET", path);
      assert.deepEqual([answer.status, answer.text], [403, "Forbidden"], path);
    }
    assert.equal((await pablo.get("/users?ids[]=9999")).text, "{}");
  });

  test("[TU8] S-D15 nothing that a client sends ends the process, and who goes on is closed", async () => {
    const deep = JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`) as unknown;
    const inputs: readonly unknown[] = [
      undefined,
      null,
      0,
      true,
      "text",
      [],
      {},
      deep,
      { message: "no room" },
      { roomId: "0" },
      { roomId: 0.5, message: "x" },
      { roomId: {}, message: "x" },
      { roomId: "0", message: 5 },
      { roomId: "0", message: null },
      { roomId: ["0"], message: "x" },
      { roomId: "0", message: ["x"] },
      { roomId: "0", message: "x", from: {} },
      { roomId: "0", message: "x".repeat(20_000) },
    ];
    for (const input of inputs) {
      await using line = await pablo.connect();
      assert.match(errorOf(await line.ask("message", input)), /"error"/u);
      for (let i = 0; i < LIMITS.strikesMax; i++) line.socket.emit("room.join", { room: input });
      await assertClosed(line);
    }
    await using line = await pablo.connect();
    for (let i = 1; i < LIMITS.strikesMax; i++) await line.ask("no.such", {});
    assert.ok(line.socket.connected, "one less than too many");
    line.socket.emit("no.such");
    await assertClosed(line);
    const bodies = [{}, { username: "Pablo" }, { username: 1, password: 2 }, [], "", "{", null];
    for (const body of bodies) {
      assert.equal(
        (await request(one, "POST", "/login", { body })).status,
        400,
        JSON.stringify(body),
      );
    }
  });
});

function errorOf(answer: unknown): string {
  return JSON.stringify(answer);
}

function idsOf(count: number): string {
  return Array.from({ length: count }, (_, at) => `ids[]=${at + 1}`).join("&");
}

async function assertClosed({ socket }: TutorialLine): Promise<void> {
  await until(() => !socket.connected, { what: "the end of the connection" });
}
