/** Webhooks over two real servers: what is posted to a secret address is said in its room. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { Room } from "#protocol/room.ts";
import type { NewWebhookResult, WebhooksResult } from "#protocol/webhook.ts";
import type { Answer } from "#test/support/member.ts";
import { Member, request } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

const FORM = "application/x-www-form-urlencoded";

interface Posting {
  readonly type?: string;
  readonly key?: string;
}

async function post(address: string, body: string, { type = FORM, key }: Posting = {}) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": type, ...(key !== undefined && { "Idempotency-Key": key }) },
    body,
  });
  return { status: response.status, text: await response.text() };
}

/** JSON of so many bytes. */
function json(bytes: number): string {
  const rest = '{"text":"x","pad":""}';
  return rest.replace('""', `"${"p".repeat(bytes - rest.length)}"`);
}

const codeOf = (text: string) => /"code":"(?<code>[a-z-]+)"/u.exec(text)?.groups?.["code"];

describe("webhooks", { concurrency: false }, () => {
  let world: TwoServers;
  /** Ada moderates the room, Brin is in it, Cleo is not, although she owns all of Klatch. */
  let ada: Member;
  let brin: Member;
  let cleo: Member;
  let room: Room;
  before(async () => {
    world = await twoServers(["--log-level", "debug"]);
    cleo = await Member.enter(world.one.url, "Cleo");
    ada = await Member.enter(world.one.url, "Ada");
    brin = await Member.enter(world.two.url, "Brin");
    room = await newRoom("Deployments");
  });
  after(() => world[Symbol.asyncDispose]());

  const newRoom = async (name: string): Promise<Room> => {
    const made = (await ada.call("POST", "/api/rooms", { kind: "closed", name })).json<Room>();
    await ada.call("PUT", `/api/rooms/${made.id}/members/${brin.me.id}`, {});
    return made;
  };
  const ask = (name: string, by = ada, where = room.id): Promise<Answer> =>
    by.call("POST", `/api/rooms/${where}/webhooks`, { name });
  const make = async (name: string, where = room.id): Promise<NewWebhookResult> => {
    const answer = await ask(name, ada, where);
    assert.equal(answer.status, 201, answer.text);
    return answer.json<NewWebhookResult>();
  };
  const elsewhere = (address: string) => address.replace(world.one.url, world.two.url);
  const last = async () => {
    const { messages, people } = await brin.history("?limit=1", room.id);
    const [message] = messages;
    const author = people.find(({ id }) => id === message?.from);
    return { ...message, author };
  };

  test("[WH1] the address is told once, and nothing that is kept leads to it", async () => {
    const { webhook, address } = await make("Keeper");
    assert.match(address, new RegExp(`^${world.one.url}/api/hooks/${webhook.id}/[\\w-]{43}$`, "u"));
    assert.deepEqual([webhook.name, webhook.by], ["Keeper", ada.me.id]);
    const token = address.slice(-43);
    const listed = await ada.call("GET", `/api/rooms/${room.id}/webhooks`);
    assert.deepEqual(listed.json<WebhooksResult>().webhooks, [webhook]);
    assert.ok(!listed.text.includes(token));
    const keys = (await world.redis.cli("KEYS", "*")).split("\n");
    const values = await Promise.all(keys.map((key) => world.redis.cli("DUMP", key)));
    assert.ok(!keys.concat(values).join("\n").includes(token));
  });

  test("[WH2] what is posted is said by a bot of the webhook's name, heard on every server", async () => {
    const { webhook, address } = await make("Deploys");
    await using line = await brin.connect();
    await line.join(undefined, room.id);
    const { id } = webhook;
    const said: readonly (readonly [string, string, string])[] = [
      [FORM, "Deploy is done", "Deploy is done"],
      [FORM, "a=b&c=100% sure", "a=b&c=100% sure"],
      [FORM, `text=${encodeURIComponent("Rock & Roll ✓")}`, "Rock & Roll ✓"],
      [FORM, `payload=${encodeURIComponent('{"text":"From Slack","channel":"#x"}')}`, "From Slack"],
      ["text/plain", "payload=is only a word", "payload=is only a word"],
      ["text/plain; charset=utf-8", "Two\nlines ✓", "Two\nlines ✓"],
      ["application/json", '{"text":"As JSON","username":"ignored"}', "As JSON"],
    ];
    for (const [type, body, text] of said) {
      const answer = await post(elsewhere(address), body, { type });
      assert.equal(answer.status, 200, answer.text);
      const { message, author, id: place } = await last();
      assert.deepEqual(author, { id, username: "Deploys", bot: true });
      assert.equal(message, text);
      assert.deepEqual(JSON.parse(answer.text), { ok: true, id: place });
    }
    await line.until(() => line.texts().length === said.length, "all of them");
    assert.deepEqual(
      line.texts(),
      said.map(([, , text]) => text),
    );
  });

  test("[WH2] what cannot be said is refused, and nothing is said", async () => {
    const { address } = await make("Mistaken");
    const newest = await last();
    for (const [type, body, status, code] of [
      ["application/json", "{", 400, "bad-request"],
      ["application/json", '{"message":"x"}', 400, "bad-request"],
      [FORM, "payload={", 400, "bad-request"],
      [FORM, "payload=%7B%22text%22:1%7D", 400, "bad-request"],
      ["text/plain", "", 422, "message-not-allowed"],
      ["text/plain", "x".repeat(LIMITS.messageCharsMax + 1), 422, "message-not-allowed"],
      ["text/html", "<b>x</b>", 415, "unsupported-media-type"],
      ["multipart/form-data; boundary=x", "--x--", 415, "unsupported-media-type"],
    ] as const) {
      const answer = await post(address, body, { type });
      assert.deepEqual([answer.status, codeOf(answer.text)], [status, code], body.slice(0, 40));
    }
    assert.equal((await last()).id, newest.id);
  });

  test("[WH3] an address that is none is answered like one that has never been, to the byte", async () => {
    const { webhook, address } = await make("Sought");
    const gone = await make("Gone");
    await ada.call("DELETE", `/api/rooms/${room.id}/webhooks/${gone.webhook.id}`);
    const out = await make("Out");
    await ada.call("DELETE", `/api/rooms/${room.id}/members/${out.webhook.id}`);
    const base = `${world.one.url}/api/hooks`;
    const never = await post(`${base}/999999/${"x".repeat(43)}`, "Hello");
    assert.deepEqual([never.status, codeOf(never.text)], [404, "not-found"]);
    for (const wrong of [
      `${base}/${webhook.id}/${"x".repeat(43)}`,
      `${base}/${webhook.id}/${gone.address.slice(-43)}`,
      `${base}/${webhook.id}/x`,
      `${base}/${ada.me.id}/${ada.token}`,
      `${base}/0/${address.slice(-43)}`,
      `${base}/x/${address.slice(-43)}`,
      gone.address,
      out.address,
    ]) {
      assert.deepEqual(await post(wrong, "Hello"), never, wrong);
      // Before it is read: whoever does not know an address learns nothing of what it takes.
      if (wrong !== out.address) assert.deepEqual(await post(wrong, "{", { type: "x/y" }), never);
    }
  });

  test("[BO8] a suspended webhook is answered like one that has never been, until that is lifted", async () => {
    const { webhook, address } = await make("Unruly");
    const suspension = `/api/admin/people/${webhook.id}/suspension`;
    assert.equal((await cleo.call("PUT", suspension, {})).status, 204);
    const never = await post(`${world.one.url}/api/hooks/999999/${"x".repeat(43)}`, "Hello");
    assert.deepEqual(await post(address, "Hello"), never);
    assert.deepEqual(await post(elsewhere(address), "Hello"), never);
    assert.equal((await cleo.call("DELETE", suspension)).status, 204);
    assert.equal((await post(elsewhere(address), "Hello")).status, 200);
  });

  test("[WH4] what is posted twice with one key is said once, on whichever server", async () => {
    const { address } = await make("Repeating");
    const key = "build-4711";
    const answers = await Promise.all(
      [address, elsewhere(address), address].map((where) => post(where, "Build is red", { key })),
    );
    const ids = new Set(answers.map(({ text }) => text));
    assert.equal(ids.size, 1);
    assert.match([...ids].join(), /^\{"ok":true,"id":"[\d.]+"\}$/u);
    assert.equal((await post(address, "Build is green", { key })).status, 409);
    assert.equal((await post(address, "Build is green")).status, 200);
    assert.equal((await post(address, "Build is green")).status, 200);
    const { messages } = await brin.history("", room.id);
    const count = (text: string) => messages.filter(({ message }) => message === text).length;
    assert.deepEqual([count("Build is red"), count("Build is green")], [1, 2]);
    const most = LIMITS.idempotencyKeyCharsMax;
    for (const [length, status] of [
      [most - 1, 200],
      [most, 200],
      [most + 1, 400],
    ] as const) {
      const answer = await post(address, `Key of ${length}`, { key: "k".repeat(length) });
      assert.equal(answer.status, status, answer.text);
    }
  });

  test("[WH5] thirty posts at once are taken, over all servers; more are told to wait", async () => {
    const { address } = await make("Flooding");
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 45 }, (_, at) =>
        post(at % 2 === 0 ? address : elsewhere(address), `Number ${at}`),
      ),
    );
    const taken = answers.filter(({ status }) => status === 200).length;
    const seconds = (performance.now() - started) / 1000;
    assert.ok(taken >= 30 && taken <= 31 + seconds, `${taken} in ${seconds} s`);
    for (const { status, text } of answers) {
      if (status === 200) continue;
      assert.deepEqual([status, codeOf(text)], [429, "too-many-requests"]);
      assert.match(text, /"retryAfter":1/u);
    }
  });

  test("[WH5] a body has up to 64 KiB", async () => {
    const { address } = await make("Heavy");
    for (const [bytes, status] of [
      [LIMITS.bodyBytesMax - 1, 200],
      [LIMITS.bodyBytesMax, 200],
      [LIMITS.bodyBytesMax + 1, 413],
    ] as const) {
      const answer = await post(address, json(bytes), { type: "application/json" });
      assert.equal(answer.status, status, answer.text);
    }
  });

  test("[WH7] only moderators list, make and delete; others learn nothing of a closed room", async () => {
    const { webhook, address } = await make("Guarded");
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["POST", "", { name: "Mine" }],
      ["DELETE", `/${webhook.id}`, undefined],
    ] as const) {
      const inside = await brin.call(method, `/api/rooms/${room.id}/webhooks${path}`, body);
      assert.equal(inside.status, 403, `${method} ${path}`);
      const outside = await cleo.call(method, `/api/rooms/${room.id}/webhooks${path}`, body);
      const nowhere = await cleo.call(method, `/api/rooms/987654/webhooks${path}`, body);
      assert.deepEqual([outside.status, outside.text], [404, nowhere.text], `${method} ${path}`);
    }
    const another = await newRoom("Another");
    const across = `/api/rooms/${another.id}/webhooks/${webhook.id}`;
    assert.equal((await ada.call("DELETE", across)).status, 404);
    assert.equal((await cleo.call("DELETE", `/api/admin/bots/${webhook.id}`)).status, 404);
    assert.equal((await post(address, "Still here")).status, 200);
    const chat = await ada.call("POST", "/api/chats", { people: [brin.me.id] });
    assert.equal((await ask("Private", ada, chat.json<Room>().id)).status, 403);
    for (const [name, status] of [
      ["GUARDED", 409],
      ["Brin", 409],
      ["a b", 422],
    ] as const) {
      assert.equal((await ask(name)).status, status, name);
    }
  });

  test("[WH7] with a webhook, and with its room, its name is free and its address dead", async () => {
    const doomed = await newRoom("Doomed");
    const { webhook, address } = await make("Phoenix", doomed.id);
    const path = `/api/rooms/${doomed.id}/webhooks/${webhook.id}`;
    assert.equal((await ada.call("DELETE", path)).status, 204);
    assert.equal((await ada.call("DELETE", path)).status, 404);
    assert.equal((await post(address, "Hello")).status, 404);
    const again = await make("Phoenix", doomed.id);
    assert.equal((await post(again.address, "Risen")).status, 200);
    assert.equal((await ada.call("DELETE", `/api/rooms/${doomed.id}`)).status, 204);
    assert.equal((await post(again.address, "Hello")).status, 404);
    assert.equal((await ask("Phoenix")).status, 201);
  });

  test("[WH7] a room has up to 20 webhooks", async () => {
    const full = await newRoom("Full");
    const set = `{room:${full.id}}:webhooks`;
    const fill = Array.from({ length: LIMITS.webhooksPerRoomMax - 1 }, (_, at) => `${9e6 + at}`);
    await world.redis.cli("SADD", set, ...fill);
    assert.equal((await ask("Twentieth", ada, full.id)).status, 201);
    const refused = await ask("Twenty-first", ada, full.id);
    assert.deepEqual([refused.status, codeOf(refused.text)], [409, "too-many-bots"]);
    await world.redis.cli("SREM", set, fill[0] ?? "");
    assert.equal((await ask("Twenty-first", ada, full.id)).status, 201);
  });

  test("[WH6] no address is in a log, however it goes", async () => {
    const { address } = await make("Secretive");
    const lines = () => world.one.output() + world.two.output();
    await post(address, "Hello");
    await post(address, "{", { type: "application/json" });
    await request(address, "PUT", "");
    // Something in Redis that nobody expects, so that an error is logged.
    const { id } = (await make("Broken")).webhook;
    await world.redis.cli("DEL", `user:${id}`);
    await world.redis.cli("SET", `user:${id}`, "no hash");
    const broken = address.replace(/\d+\/[\w-]{43}$/u, `${id}/${address.slice(-43)}`);
    assert.equal((await post(broken, "Hello")).status, 500);
    await world.redis.cli("DEL", `user:${id}`);
    assert.match(lines(), /unexpected error/u);
    assert.match(lines(), /hooks\/:hook\/:token/u);
    assert.ok(!lines().includes(address.slice(-43)));
  });
});
