/**
 * The law of delivery as properties: whatever happens, every message ends up shown once, in one
 * order.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { comparePositions } from "#protocol/position.ts";
import { Klatch, MemoryStore } from "#sdk/index.ts";
import type { Entry, Room } from "#sdk/index.ts";
import { World, settle } from "#test/support/sdk-world.ts";
import type { FakeConnection } from "#test/support/sdk-world.ts";

/** One person's device: its programs come and go, its store stays. */
class Device {
  readonly #world: World;
  readonly #id: number;
  readonly #store = new MemoryStore();
  #environment: ReturnType<World["environment"]>;
  #klatch: Klatch;
  #said = 0;

  constructor(world: World, id: number) {
    this.#world = world;
    this.#id = id;
    this.#environment = world.environment();
    this.#klatch = this.#start();
  }

  get room(): Room {
    return this.#klatch.room("0");
  }

  get klatch(): Klatch {
    return this.#klatch;
  }

  get line(): FakeConnection | undefined {
    return this.#environment.connections.at(-1);
  }

  say(): string {
    const text = `${this.#id}:${this.#said++}`;
    this.room.send(text);
    return text;
  }

  /** The program dies without a word and starts again. */
  crash(): void {
    this.#klatch.onLink(() => undefined);
    this.#klatch.close();
    this.#environment = this.#world.environment();
    this.#klatch = this.#start();
  }

  #start(): Klatch {
    const me = { id: this.#id, username: `p${this.#id}` };
    const klatch = new Klatch({ me, store: this.#store, environment: this.#environment });
    const room = klatch.room("0");
    room.onChange(() => assertSound(room.entries));
    room.join();
    klatch.connect();
    return klatch;
  }
}

/** What holds at every moment: no line twice, stored ones in order, unsent ones after them. */
function assertSound(entries: readonly Entry[]): void {
  assert.equal(new Set(entries.map(({ cid }) => cid)).size, entries.length, "a cid twice");
  assert.equal(new Set(entries.map(({ text }) => text)).size, entries.length, "a message twice");
  for (const [index, { id }] of entries.entries()) {
    const next = entries[index + 1];
    if (next?.id === undefined) continue;
    assert.ok(id !== undefined && comparePositions(id, next.id) < 0, "out of order");
  }
}

const DEVICES = 3;
const device = fc.nat(DEVICES - 1);
const few = fc.integer({ min: 1, max: 3 });

const STEPS = {
  say: fc.record({ is: fc.constant("say" as const), who: device }),
  toServer: fc.record({ is: fc.constant("to server" as const), who: device, count: few }),
  toClient: fc.record({ is: fc.constant("to client" as const), who: device, count: few }),
  cut: fc.record({ is: fc.constant("cut" as const), who: device }),
  loseFrame: fc.record({ is: fc.constant("lose frame" as const), who: device }),
  doubleFrame: fc.record({ is: fc.constant("double frame" as const), who: device }),
  refuse: fc.record({ is: fc.constant("refuse" as const), who: device }),
  leave: fc.record({ is: fc.constant("leave" as const), who: device }),
  join: fc.record({ is: fc.constant("join" as const), who: device }),
  wait: fc.record({ is: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 30_000 }) }),
  crash: fc.record({ is: fc.constant("crash" as const), who: device }),
  redisLoses: fc.record({ is: fc.constant("redis loses" as const), count: few }),
};

type Step = (typeof STEPS)[keyof typeof STEPS] extends infer One
  ? One extends fc.Arbitrary<infer Value>
    ? Value
    : never
  : never;

async function live(steps: readonly Step[], pageMax: number) {
  const world = new World(steps.length);
  world.server.pageMax = pageMax;
  world.server.catchUpMax = pageMax;
  const devices = Array.from({ length: DEVICES }, (_, n) => new Device(world, n + 1));
  const said: string[] = [];
  for (const step of steps) {
    if (step.is === "wait") world.clock.advance(step.ms);
    else if (step.is === "redis loses") world.server.lose("0", step.count);
    else {
      const one = devices[step.who];
      assert.ok(one);
      if (step.is === "say") said.push(one.say());
      else act(world, one, step);
    }
    await settle();
  }
  for (const { klatch, room } of devices) {
    room.join();
    klatch.connect();
  }
  await world.pass(60);
  // A frame lost last of all would be noticed by the next event only; there is none, so the link
  // does it.
  for (const { line } of devices) line?.cut();
  await world.pass(60);
  return { log: world.server.log("0"), devices, said };
}

function act(
  world: World,
  one: Device,
  step: Exclude<Step, { is: "wait" | "redis loses" | "say" }>,
) {
  switch (step.is) {
    case "to server":
      return one.line?.toServer(step.count);
    case "to client":
      return one.line?.toClient(step.count);
    case "cut":
      return one.line?.cut();
    case "lose frame":
      return one.line?.spoil("lose");
    case "double frame":
      return one.line?.spoil("double");
    case "refuse":
      world.server.refuse = () => ({ code: "unavailable", detail: "Not now.", retryAfter: 1 });
      one.line?.toServer(1);
      world.server.refuse = undefined;
      return undefined;
    case "leave":
      return one.room.leave();
    case "join":
      return one.room.join();
    case "crash":
      return one.crash();
  }
}

/** What holds in the end: all said is stored once and everybody shows the end of the one log. */
function assertDelivered({ log, devices, said }: Awaited<ReturnType<typeof live>>): void {
  assert.deepEqual(log.map(({ message }) => message).sort(), [...said].sort());
  for (const { room } of devices) {
    assert.equal(room.state, "live");
    const shown = room.entries.map(({ id, text, state }) => `${id} ${text} ${state}`);
    const stored = log.map(({ id, message }) => `${id} ${message} stored`);
    assert.deepEqual(shown, stored.slice(stored.length - shown.length));
    assert.ok(shown.length === stored.length || room.hasOlder);
  }
}

const { say, toServer, toClient, cut, loseFrame, doubleFrame, refuse } = STEPS;
const { leave, join, wait, crash, redisLoses } = STEPS;
const traffic = [
  { arbitrary: say, weight: 6 },
  { arbitrary: toServer, weight: 8 },
  { arbitrary: toClient, weight: 8 },
  { arbitrary: cut, weight: 2 },
  { arbitrary: wait, weight: 2 },
  { arbitrary: loseFrame, weight: 1 },
  { arbitrary: doubleFrame, weight: 1 },
  { arbitrary: refuse, weight: 1 },
];
const pageMax = fc.constantFrom(2, 5, 50);
// More of them: SDK_RUNS=3000 node --test test/sdk/delivery.test.ts
const options = { numRuns: Number(process.env["SDK_RUNS"] ?? 80) };

test("after any run of sends, cuts and crashes every message is shown once, in order", async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    ...traffic,
    { arbitrary: crash, weight: 1 },
    { arbitrary: leave, weight: 1 },
    { arbitrary: join, weight: 1 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), pageMax, async (steps, page) => {
      const end = await live(steps, page);
      assertDelivered(end);
      for (const who of [1, 2, 3]) {
        const mine = end.log.filter(({ from }) => from === who).map(({ message }) => message);
        const order = end.said.filter((text) => text.startsWith(`${who}:`));
        assert.deepEqual(mine, order, "what one person says is stored in the order it was said");
      }
    }),
    options,
  );
});

test("the same when Redis loses what it acknowledged, while its authors live", async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(...traffic, { arbitrary: redisLoses, weight: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), pageMax, async (steps, page) => {
      assertDelivered(await live(steps, page));
    }),
    options,
  );
});
