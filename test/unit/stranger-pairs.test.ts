/** How long two strangers can talk: while something is said, and not for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#protocol/limits.ts";
import type { LobbyStore } from "#server/stranger/lobby-store.ts";
import { Pairs } from "#server/stranger/pairs.ts";
import { Secrets } from "#server/stranger/secrets.ts";
import { NO_WISH, Stranger } from "#server/stranger/stranger.ts";
import { FakeBus } from "#test/support/fake-bus.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

const PAIR = "p".repeat(22);
const never = () => Promise.reject(new Error("Nobody asks for that here."));

/** One of two who are talking, and why their chat ended. */
async function talking() {
  const clock = new ManualClock();
  const ended: string[] = [];
  const store: LobbyStore = {
    enter: never,
    search: never,
    stop: never,
    ready: (_uid, _pair, epoch) => Promise.resolve({ state: "open", epoch, peerEpoch: 1 }),
    away: never,
    end: (_uid, _pair, reason) => {
      ended.push(reason);
      return Promise.resolve({ state: "ended" });
    },
    beat: never,
    restore: never,
    living: never,
    publish: never,
    secret: never,
    waits: never,
  };
  const pairs = new Pairs({
    serverId: "here",
    store,
    bus: new FakeBus(),
    clock,
    secrets: new Secrets(store, clock),
    lookOn: () => assert.fail("They have seen each other."),
    onError: (error) => {
      throw error;
    },
  });
  const wire = { tell: () => undefined, close: () => undefined };
  const stranger = new Stranger({ uid: "u", network: "n", token: "t", epoch: 1, wire, clock });
  const seat = { pair: PAIR, role: 0, peer: "v", peerServer: "there", shared: [] } as const;
  await pairs.settle(stranger, seat, { wish: NO_WISH, place: { since: 0, began: 0 } });
  pairs.opened(stranger, PAIR, 1, { epoch: 1, isServerGone: false, server: "there" });
  const hear = () => {
    pairs.heard(PAIR, JSON.stringify({ from: 1, frame: { kind: "line" } }));
  };
  return { clock, ended, hear };
}

test("[LI2] a chat in which nobody says anything ends in time, and not before", async () => {
  const { clock, ended, hear } = await talking();
  await clock.advance(LIMITS.strangerIdleMs - 1);
  assert.deepEqual(ended, []);
  hear();
  await clock.advance(LIMITS.strangerIdleMs - 1);
  assert.deepEqual(ended, []);
  await clock.advance(1);
  assert.deepEqual(ended, ["timed-out"]);
  await clock.advance(1);
  assert.deepEqual(ended, ["timed-out"]);
});

test("[LI2] a chat in which something is said ends when it may last no longer, and not before", async () => {
  const { clock, ended, hear } = await talking();
  let left = LIMITS.strangerChatMs - 1;
  for (; left > LIMITS.strangerIdleMs / 2; left -= LIMITS.strangerIdleMs / 2) {
    await clock.advance(LIMITS.strangerIdleMs / 2);
    hear();
  }
  await clock.advance(left);
  assert.deepEqual(ended, []);
  hear();
  await clock.advance(1);
  assert.deepEqual(ended, ["timed-out"]);
});
