/** How long a chat of strangers lasts: nothing said for a while, hours in all, and a partner who is gone. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ServerToStranger } from "#protocol/stranger.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { LobbyStore, Seat } from "#server/stranger/lobby-store.ts";
import { Pairs } from "#server/stranger/pairs.ts";
import { Secrets } from "#server/stranger/secrets.ts";
import { NO_WISH, Stranger } from "#server/stranger/stranger.ts";
import { FakeBus } from "#test/support/fake-bus.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

const PAIR = "p".repeat(22);
const SEAT: Seat = { pair: PAIR, role: 0, peer: "other", peerServer: "there", shared: [] };

/** One side of an open chat; the store agrees to everything. */
async function openChat() {
  const clock = new ManualClock();
  const told: { name: string; notice: unknown }[] = [];
  const ended: string[] = [];
  const store = {
    ready: () => Promise.resolve({ state: "open", epoch: 0, peerEpoch: 0 } as const),
    end: (_uid: string, _pair: string, reason: string) => {
      ended.push(reason);
      return Promise.resolve({ state: "ended" } as const);
    },
    publish: () => Promise.resolve(2),
    secret: () => Promise.resolve(Buffer.alloc(32)),
  } satisfies Partial<LobbyStore>;
  // oxlint-disable-next-line no-unsafe-type-assertion -- because a chat that is open asks nothing else of it
  const whole = store as unknown as LobbyStore;
  const pairs = new Pairs({
    serverId: "here",
    store: whole,
    bus: new FakeBus(),
    clock,
    secrets: new Secrets(whole, clock),
    lookOn: () => assert.fail("nobody looks on"),
    onError: (error) => assert.fail(String(error)),
  });
  const tell = (name: keyof ServerToStranger, notice: unknown) => {
    told.push({ name, notice });
  };
  const wire = { tell, close: () => undefined };
  const stranger = new Stranger({ uid: "one", network: "n", token: "t", epoch: 0, wire, clock });
  await pairs.settle(stranger, SEAT, { wish: NO_WISH, place: { since: 0, began: 0 } });
  pairs.opened(stranger, PAIR, 0, { server: "there", epoch: 0, isServerGone: false });
  const names = () => told.map(({ name }) => name);
  return { clock, pairs, stranger, ended, names };
}

const line = (seq: number) => ({ kind: "line", epoch: 0, seq, box: "", mark: "" }) as const;

describe("a chat of strangers", () => {
  test("[SP2] ends when nobody has said anything for a quarter of an hour", async () => {
    const { clock, pairs, stranger, ended, names } = await openChat();
    await clock.advance(LIMITS.strangerIdleMs - 1);
    assert.deepEqual(ended, []);
    await pairs.relay(stranger, PAIR, line(0));
    await clock.advance(LIMITS.strangerIdleMs - 1);
    assert.deepEqual(ended, []);
    pairs.heard(PAIR, JSON.stringify({ from: 1, frame: line(0) }));
    await clock.advance(LIMITS.strangerIdleMs - 1);
    assert.deepEqual(ended, []);
    await clock.advance(1);
    assert.deepEqual(ended, ["timed-out"]);
    assert.equal(names().at(-1), "ended");
  });

  test("[SP2] and when it has lasted four hours, whatever is said", async () => {
    const { clock, pairs, stranger, ended } = await openChat();
    const began = clock.now();
    while (clock.now() - began < LIMITS.strangerChatMs - 60_000) {
      await clock.advance(60_000);
      await pairs.relay(stranger, PAIR, line(0));
    }
    await clock.advance(LIMITS.strangerChatMs - 1 - (clock.now() - began));
    assert.deepEqual(ended, []);
    await clock.advance(1);
    assert.deepEqual(ended, ["timed-out"]);
  });

  test("[SG16] gives who is gone exactly the time that was told", async () => {
    const { clock, pairs, stranger, ended, names } = await openChat();
    pairs.missing(stranger, PAIR, false, 0);
    assert.equal(names().at(-1), "away");
    await clock.advance(LIMITS.strangerGraceMs - 1);
    assert.deepEqual(ended, []);
    await clock.advance(1);
    assert.deepEqual(ended, ["lost"]);
  });
});
