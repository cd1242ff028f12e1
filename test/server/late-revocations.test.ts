/**
 * What is taken while an answer is under way, and while a server hears nothing of the others: it ends
 * all the same.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { keys } from "#server/redis/keys.ts";
import { scripts } from "#server/redis/scripts.ts";
import type { Scene } from "#test/revocations/scene.ts";
import { setScene, tick } from "#test/revocations/scene.ts";
import type { Surface } from "#test/revocations/surfaces.ts";
import { ALL, hasLost, look, streamHasLost } from "#test/revocations/surfaces.ts";
import { REVOCATIONS } from "#test/revocations/table.ts";
import type { Revocation } from "#test/revocations/table.ts";
import type { World } from "#test/revocations/world.ts";
import { openWorld } from "#test/revocations/world.ts";
import type { Wire } from "#test/faults/world/proxy.ts";
import { Stopwatch } from "#test/support/stopwatch.ts";
import { until } from "#test/support/until.ts";

const WITHIN_MS = 1_000;
/** While a server is deaf. */
const DEAF_WITHIN_MS = 30_000;

async function take(scene: Scene, { act }: Revocation): Promise<void> {
  for (const { status, text } of await Promise.all(act(scene))) assert.ok(status < 300, text);
}

describe("what is taken while an answer is under way", { concurrency: false }, () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  for (const revocation of REVOCATIONS.filter(({ takes }) => takes !== "power")) {
    const { name, takes } = revocation;

    test(`[RV3] a page of history asked for before ${name} is not given after it`, async () => {
      await using scene = await setScene(world);
      const held = world.far.redisWire.intercept("up", scripts.page.sha);
      const page = scene.victim.call("GET", `/api/rooms/${scene.room}/messages`);
      const { go } = await held;
      await take(scene, revocation);
      using stopwatch = new Stopwatch();
      const isDue = () => hasLost(scene.line, scene.room) && stopwatch.wallMs >= WITHIN_MS;
      await until(isDue, { what: "a second later the connection is told" });
      go();
      assert.equal((await page).status, takes === "session" ? 401 : 404);
    });
  }

  test("[RV3] nor is a list of people to an admin who is none any more", async () => {
    await using scene = await setScene(world);
    const held = world.far.redisWire.intercept("up", keys.totalUsers);
    const list = scene.victim.call("GET", "/api/admin/people");
    const { go } = await held;
    const role = `/api/admin/people/${scene.victim.me.id}/role`;
    assert.equal((await world.ada.call("PUT", role, { role: "member" })).status, 204);
    using stopwatch = new Stopwatch();
    await until(() => stopwatch.wallMs >= WITHIN_MS, { what: "a second later" });
    go();
    assert.equal((await list).status, 403);
  });

  for (const revocation of REVOCATIONS.filter(({ takes }) => takes === "session")) {
    test(`[RV3] a copy of one's things begun before ${revocation.name} breaks off`, async () => {
      await using scene = await setScene(world);
      await fillNotePad(world, scene.victim.me.id);
      const response = await fetch(`${scene.victim.url}/api/me/export`, {
        headers: { Authorization: `Bearer ${scene.victim.token}` },
      });
      const reader = response.body?.getReader();
      assert.equal((await reader?.read())?.done, false);
      await take(scene, revocation);
      const rest = async () => {
        while ((await reader?.read())?.done === false);
      };
      await assert.rejects(rest());
    });
  }
});

/** More than lies in the buffers of a connection. */
async function fillNotePad({ store }: World, user: number): Promise<void> {
  const room = `${user}:${user}`;
  const message = "y".repeat(4_000);
  const said = Array.from({ length: 4_000 }, (_, at) => {
    const id = `${1_700_000_000 + at}.000000`;
    const fields = { from: user, date: 1, message, roomId: room, id, cid: "" };
    return { score: Number(id), value: JSON.stringify(fields) };
  });
  for (let at = 0; at < said.length; at += 500) {
    await store.zAdd(keys.room(room), said.slice(at, at + 500));
  }
  await store.hSet(keys.roomMembers(room), String(user), "member");
  await store.sAdd(keys.userRooms(user), room);
}

/** What can be looked at while nothing is heard. */
const WITHOUT_HEARING: readonly Surface[] = ALL.filter(
  (surface) => !/frames|notices|stream|session|commands/u.test(surface),
);

/** A connection to Redis over which a server hears the others. */
const BUS = /klatch:[0-9a-f]+:bus/u;

describe("what is taken while a server hears nothing of the others", () => {
  let world: World;
  let scenes: readonly { readonly revocation: Revocation; readonly scene: Scene }[];
  before(async () => {
    world = await openWorld();
    scenes = await Promise.all(
      REVOCATIONS.map(async (revocation) => ({ revocation, scene: await setScene(world) })),
    );
  });
  after(async () => {
    await Promise.all(scenes.map(({ scene }) => scene[Symbol.asyncDispose]()));
    await world[Symbol.asyncDispose]();
  });

  test("[RV2] all of it ends there within 30 s", { timeout: 90_000 }, async () => {
    for (const { scene } of scenes) {
      const open = await look(scene, await tick(scene, "before"));
      assert.deepEqual([...open], ALL, "everything is open at first");
    }
    swallowBus(world);
    await Promise.all(scenes.map(({ scene, revocation }) => take(scene, revocation)));
    using stopwatch = new Stopwatch();
    const isEnded = scenes.map(({ scene, revocation }) => async () => {
      const { name, cells } = revocation;
      const ends = (surface: Surface) => cells[surface] === "ends";
      const { line, stream, botLine, room } = scene;
      const isTold = () =>
        (!ends("frames of the socket") || hasLost(line, room)) &&
        (!ends("the event stream") || streamHasLost(stream, room)) &&
        (!ends("frames to a bot") || hasLost(botLine, room));
      await until(isTold, { what: `${name} is told`, timeoutMs: 2 * DEAF_WITHIN_MS });
      const open = await look(scene, { text: "never said", notices: line.notices.length });
      for (const surface of WITHOUT_HEARING) {
        assert.equal(open.has(surface), !ends(surface), `${name}: ${surface}`);
      }
      return stopwatch.ms;
    });
    const ms = await Promise.all(isEnded.map((each) => each()));
    assert.ok(Math.max(...ms) < DEAF_WITHIN_MS, `ended after ${ms.map(Math.round).join(", ")} ms`);
    world.far.redisWire.heal();
    for (const { scene, revocation } of scenes) {
      const open = await look(scene, await tick(scene, "after"));
      const stays = ALL.filter((surface) => revocation.cells[surface] !== "ends");
      assert.deepEqual([...open], stays, revocation.name);
    }
  });
});

/** From now on nothing comes over the bus to the far server, over new links neither. */
function swallowBus({ far }: World): void {
  for (const wire of far.redisWire.wires) holdBus(wire);
  far.redisWire.watchers.add(holdBus);
}

function holdBus(wire: Wire): void {
  if (!BUS.test(wire.said)) return;
  wire.hold("up");
  wire.hold("down");
}
