/**
 * The tutorial's contract, driven by a client written from it alone, over two servers: every endpoint and
 * every event, both ways.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { GENERAL } from "#protocol/room.ts";
import { Member, request } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";
import { TutorialClient, login } from "./client.ts";

const TEXT = "text/plain; charset=utf-8";
const typeOf = ({ headers }: { readonly headers: Headers }) =>
  headers.get("Content-Type")?.toLowerCase();

/** The event `message` as a packet of Engine.IO. */
const packetOf = (message: string) => `42${JSON.stringify(["message", { roomId: "0", message }])}`;

describe("the tutorial's contract", { concurrency: false }, () => {
  let servers: TwoServers;
  let one = "";
  let two = "";
  let pablo: TutorialClient;
  let joe: TutorialClient;
  before(async () => {
    servers = await twoServers(["--demo", "--tutorial"]);
    one = servers.one.url;
    two = servers.two.url;
    pablo = await TutorialClient.enter(one, "Pablo");
    joe = await TutorialClient.enter(two, "Joe");
  });
  after(() => servers[Symbol.asyncDispose]());

  test("[TU3] GET /links, /randomname and /me, for anybody", async () => {
    const links = await request(one, "GET", "/links");
    assert.equal(links.status, 200);
    assert.match(links.json<{ github: string }>().github, /^https:\/\/github\.com\//u);
    const name = await request(one, "GET", "/randomname");
    assert.match(name.headers.get("Content-Type") ?? "", /^text\/html/u);
    assert.match(name.text, /^[A-Z][a-z]+$/u);
    const nobody = await request(one, "GET", "/me");
    assert.deepEqual([nobody.status, nobody.text], [200, "null"]);
    assert.deepEqual((await pablo.get("/me")).json(), { id: "2", username: "Pablo" });
  });

  test("[TU3] POST /login: 200 with an id as text, 201 as number for a new name, 404 with words", async () => {
    const known = await login(one, "pablo", "password123");
    assert.deepEqual([known.status, known.json()], [200, { id: "2", username: "Pablo" }]);
    const fresh = await login(two, "Trinity", "a fine long password");
    assert.equal(fresh.status, 201);
    assert.deepEqual(fresh.json(), { id: 6, username: "Trinity" });
    const again = await login(one, "Trinity", "a fine long password");
    assert.deepEqual([again.status, again.json()], [200, { id: "6", username: "Trinity" }]);
    const wrong = await login(one, "Trinity", "another long password");
    assert.equal(wrong.status, 404);
    assert.deepEqual(wrong.json(), { message: "Invalid username or password" });
  });

  test("[TU3] POST /logout: OK, and the session is over", async () => {
    const mary = await TutorialClient.enter(one, "Mary");
    const answer = await mary.post("/logout");
    assert.deepEqual([answer.status, answer.text], [200, "OK"]);
    assert.equal((await mary.at(two).get("/me")).text, "null");
    assert.deepEqual([(await mary.post("/logout")).status], [403]);
  });

  test("[TU3] without a session: 403, and the text Forbidden", async () => {
    const paths = [
      "/users/online",
      "/users?ids[]=1",
      "/rooms/2",
      "/room/0/messages?offset=0&size=1",
    ];
    for (const path of [...paths, "/room/0/preload", "/stream"]) {
      const answer = await request(one, "GET", path);
      assert.deepEqual(
        [answer.status, answer.text, typeOf(answer)],
        [403, "Forbidden", TEXT],
        path,
      );
    }
    const room = await request(one, "POST", "/room", { body: { user1: 1, user2: 2 } });
    assert.deepEqual([room.status, room.text], [403, "Forbidden"]);
  });

  test("[TU3] GET /room/:id/messages: newest first, one more than asked for, the four fields", async () => {
    const newest = await pablo.messages("0", 0, 1);
    assert.equal(newest.length, 2);
    const all = await pablo.messages("0", 0, 15);
    assert.deepEqual(all.slice(0, 2), newest);
    assert.equal(all.length, 5);
    assert.deepEqual(Object.keys(all[0] ?? {}), ["from", "date", "message", "roomId"]);
    assert.equal(all[0]?.["message"], "Wow that's great");
    assert.deepEqual(await pablo.messages("0", 2, 1), all.slice(2, 4));
    assert.deepEqual(await pablo.messages("2:77"), []);
    const preload = await pablo.get("/room/0/preload");
    assert.deepEqual(preload.json(), { id: "0", name: "General", messages: all });
    for (const query of [
      "",
      "?offset=0",
      "?offset=x&size=1",
      "?offset=-1&size=1",
      "?offset=0&size=",
    ]) {
      const answer = await pablo.get(`/room/0/messages${query}`);
      assert.deepEqual([answer.status, answer.text], [400, "Bad Request"], query);
    }
  });

  test("[TU3] GET /rooms/:userId: plain names, and lists of one in private chats with messages", async () => {
    const rooms = (await pablo.get("/rooms/2")).json<{ id: string; names: unknown }[]>();
    const byId = rooms.toSorted((a, b) => a.id.localeCompare(b.id));
    assert.deepEqual(byId.slice(0, 3), [
      { id: "0", names: ["General"] },
      { id: "1:2", names: [["nick"], ["Pablo"]] },
      { id: "2:3", names: [["Pablo"], ["Joe"]] },
    ]);
    const member = new Member(one, { id: 2, username: "Pablo", role: "member" }, pablo.token);
    const made = await member.call("POST", "/api/rooms", { kind: "open", name: "Garden" });
    const { id } = made.json<{ id: string }>();
    const more = (await pablo.get("/rooms/2")).json<{ id: string }[]>();
    assert.deepEqual(
      more.find((room) => room.id === id),
      { id, names: ["Garden"] },
    );
  });

  test("[TU3] POST /room: 201 with the names in the order asked; 400 for no two people", async () => {
    for (const [user1, user2, names] of [
      [2, "6", [["Pablo"], ["Trinity"]]],
      ["6", 2, [["Trinity"], ["Pablo"]]],
    ] as const) {
      const answer = await pablo.post("/room", { user1, user2 });
      assert.deepEqual([answer.status, answer.json()], [201, { id: "2:6", names }]);
    }
    for (const body of [
      { user1: 2, user2: 2 },
      { user1: "x", user2: 2 },
      { user1: 2 },
      {},
      [],
      null,
    ]) {
      const answer = await pablo.post("/room", body);
      assert.deepEqual([answer.status, answer.text], [400, "Bad Request"], JSON.stringify(body));
    }
    const rooms = (await pablo.get("/rooms/2")).json<{ id: string }[]>();
    assert.ok(!rooms.some(({ id }) => id === "2:6"), "nothing has been said there yet");
  });

  test("[TU3] GET /users: a map of those asked for; no list is 404", async () => {
    const map = await pablo.get("/users?ids[]=1&ids[]=3&ids[]=999&ids[]=__proto__");
    assert.deepEqual(map.json(), {
      1: { id: "1", username: "nick", online: false },
      3: { id: "3", username: "Joe", online: false },
    });
    assert.deepEqual((await pablo.get("/users?ids=1&ids=3")).text, map.text);
    for (const path of ["/users", "/users?ids=1"]) {
      const answer = await pablo.get(path);
      assert.deepEqual([answer.status, answer.text], [404, "Not Found"], path);
    }
  });

  test("[TU4] people who come and go are told to others at both servers, and are in /users/online", async () => {
    await using here = await pablo.connect();
    await using there = await joe.connect();
    const joeIs = { id: "3", username: "Joe" };
    await until(() => here.of("user.connected").length === 1);
    assert.deepEqual(here.of("user.connected"), [{ ...joeIs, online: true }]);
    const online = (await pablo.get("/users/online")).json<Record<string, unknown>>();
    assert.deepEqual(online["3"], { ...joeIs, online: true });
    assert.deepEqual(online["2"], { id: "2", username: "Pablo", online: true });
    there.socket.disconnect();
    await until(() => here.of("user.disconnected").length === 1);
    assert.deepEqual(here.of("user.disconnected"), [{ ...joeIs, online: false }]);
    assert.deepEqual(here.of("user.connected").length, 1);
  });

  test("[TU4] a message reaches everybody in its room at both servers, its author too, once and in order", async () => {
    await using here = await pablo.connect();
    await using there = await joe.connect(["websocket"]);
    for (const line of [here, there]) line.socket.emit("room.join", "0");
    await there.done();
    for (let i = 0; i < 10; i++) here.say(`same ${i >> 1}`);
    here.say("<i>the last & one</i>", 0);
    await Promise.all([here, there].map((line) => line.hears("<i>the last & one</i>")));
    const twice = ["same 0", "same 0", "same 1", "same 1", "same 2", "same 2", "same 3", "same 3"];
    for (const line of [here, there]) {
      const told = line.texts().filter((text) => String(text).startsWith("same"));
      assert.deepEqual(told, [...twice, "same 4", "same 4"]);
    }
    assert.deepEqual(here.texts(), there.texts());
    const [said] = there.of("message");
    assert.deepEqual(Object.keys(said ?? {}), ["from", "date", "message", "roomId"]);
    assert.equal(said?.["from"], 2);
    assert.equal(said["roomId"], "0");
    const read = await joe.messages("0", 0, 10);
    assert.deepEqual(
      read.map(({ message }) => message),
      there.texts().toReversed(),
    );
  });

  test("[TU4] the first word of a private chat shows the room to the other one, and to nobody else", async () => {
    const trinity = await TutorialClient.enter(two, "Trinity", "a fine long password");
    await using asking = await pablo.connect();
    await using asked = await trinity.connect();
    await using other = await joe.connect();
    await pablo.post("/room", { user1: 6, user2: 2 });
    asking.socket.emit("room.join", "2:6");
    asking.say("Wake up", "2:6");
    await asking.hears("Wake up");
    await until(() => asked.of("show.room").length === 1);
    const room = { id: "2:6", names: [["Pablo"], ["Trinity"]] };
    assert.deepEqual(asked.of("show.room"), [room]);
    assert.deepEqual(asking.of("show.room"), []);
    assert.deepEqual((await trinity.get("/rooms/6")).json(), [
      room,
      { id: "0", names: ["General"] },
    ]);
    asking.say("Follow the white rabbit", "2:6");
    await asked.hears("Follow the white rabbit");
    await other.done();
    assert.deepEqual([...other.of("show.room"), ...other.of("message")], []);
  });

  test("[TU4] a page that opens the namespace twice over one connection is told everything once", async () => {
    const path = "/socket.io/?EIO=4&transport=polling";
    const sid = /"sid":"(?<sid>[^"]+)"/u.exec((await pablo.get(path)).text)?.groups?.["sid"] ?? "";
    const headers = pablo.headers;
    const post = (...packets: readonly string[]) =>
      request(one, "POST", `${path}&sid=${sid}`, { body: packets.join("\u001e"), headers });
    let heard = "";
    const hears = async (isThere: () => boolean) => {
      while (!isThere()) heard += (await pablo.get(`${path}&sid=${sid}`)).text;
    };
    await post("40", "40");
    await hears(() => heard.split("40{").length === 3);
    await post(packetOf("once"), packetOf("and no more"));
    await hears(() => heard.includes('"and no more"'));
    assert.equal(heard.split('"once"').length, 2, heard);
    await post("1");
  });

  test("[TU5] what is said on /chat reaches the tutorial's clients, and back", async () => {
    const member = new Member(two, { id: 3, username: "Joe", role: "member" }, joe.token);
    await using chat = await member.connect();
    await chat.join();
    await using here = await pablo.connect();
    await here.done();
    await chat.send("from the one side");
    assert.equal((await here.hears("from the one side"))["from"], 3);
    here.say("from the other side");
    await chat.until(() => chat.texts().includes("from the other side"), "the tutorial's message");
    const event = chat.events.find((each) => each.data?.message === "from the other side");
    assert.equal(event?.data?.from, 2);
    assert.equal(event.room, GENERAL);
  });

  test("[TU6] GET /stream: unnamed events as Python writes them, of all servers", async () => {
    const alex = await TutorialClient.enter(one, "Alex");
    await using stream = await joe.stream();
    const { statusCode, headers } = stream.response;
    assert.equal(statusCode, 200);
    assert.match(headers["content-type"] ?? "", /^text\/event-stream/u);
    await using here = await alex.connect();
    const said = 'é 😀 "quoted"';
    here.say(said);
    const { date } = await here.hears(said);
    const text = String.raw`"\u00e9 \ud83d\ude00 \"quoted\""`;
    const line = `{"from": 5, "date": ${String(date)}, "message": ${text}, "roomId": "0"}`;
    const person = '{"id": "5", "username": "Alex", "online": true}';
    for (const [type, data] of [
      ["message", line],
      ["user.connected", person],
    ]) {
      const frame = `data:  {"type": "${type}", "data": ${data}}\n\n`;
      await until(() => stream.text.includes(frame), { what: `${frame} in ${stream.text}` });
    }
    assert.doesNotMatch(stream.text, /^(?:id|event|retry):/mu);
  });

  test("[TU6] a stream leaves out what a socket of its session at this server is told", async () => {
    await using stream = await pablo.stream();
    await using socket = await pablo.connect();
    await socket.done();
    socket.say("over the socket alone");
    await socket.hears("over the socket alone");
    socket.socket.disconnect();
    const member = new Member(two, { id: 3, username: "Joe", role: "member" }, joe.token);
    await until(
      async () => {
        await member.say("over the stream");
        return stream.text.includes("over the stream");
      },
      { everyMs: 100 },
    );
    assert.ok(!stream.text.includes("over the socket alone"));
  });
});

describe("without --tutorial", { concurrency: false }, () => {
  test("[TU7] there are none of its paths, no polling, and no namespace /", async () => {
    await using servers = await twoServers(["--demo"]);
    const { url } = servers.one;
    const gets = ["/links", "/randomname", "/me", "/users", "/users/online", "/rooms/1", "/stream"];
    const rooms = ["/room/0/preload", "/room/0/messages?offset=0&size=1"];
    const poll = "/socket.io/?EIO=4&transport=polling";
    for (const path of [...gets, ...rooms, "/klatch", poll]) {
      assert.equal((await request(url, "GET", path)).status, 404, path);
    }
    for (const path of ["/login", "/logout", "/room", poll]) {
      assert.equal((await request(url, "POST", path, { body: {} })).status, 404, path);
    }
    const member = new TutorialClient(url, { id: 1, username: "nick" }, "x".repeat(43));
    await assert.rejects(member.connect(["websocket"]), /namespace \/chat/u);
    await assert.rejects(member.connect(["polling"]));
  });
});
