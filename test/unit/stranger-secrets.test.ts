/** Keyed digests of strangers: worth nothing without their keys, which end. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Secrets } from "#server/stranger/secrets.ts";
import { ManualClock } from "#test/support/manual-clock.ts";

const HOUR_MS = 3600_000;

/** Keeps keys as long as it is told to, and no longer. */
class ForgettingStore {
  readonly #clock: ManualClock;
  readonly #keys = new Map<string, { readonly key: Buffer; readonly until: number }>();

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  secret(name: string, lifeMs: number): Promise<Buffer> {
    const now = this.#clock.now();
    for (const [each, { until }] of this.#keys) if (until <= now) this.#keys.delete(each);
    const known = this.#keys.get(name);
    const key = known?.key ?? randomBytes(32);
    if (known === undefined) this.#keys.set(name, { key, until: now + lifeMs });
    return Promise.resolve(key);
  }

  get names(): readonly string[] {
    const now = this.#clock.now();
    return [...this.#keys].flatMap(([name, { until }]) => (until > now ? [name] : []));
  }
}

test("[FG12] no key with which an address could be found outlives two days", async () => {
  const clock = new ManualClock();
  const store = new ForgettingStore(clock);
  const secrets = new Secrets(store, clock);
  const before = await secrets.network("203.0.113.7");
  assert.equal(await new Secrets(store, clock).network("203.0.113.7"), before, "for all servers");
  const [name = ""] = store.names;
  await clock.advance(48 * HOUR_MS - 1);
  assert.ok(store.names.includes(name), "still there a moment before");
  await clock.advance(1);
  assert.ok(!store.names.includes(name));
  const all = Array.from({ length: 256 }, (_, last) => secrets.network(`203.0.113.${last}`));
  assert.ok(!(await Promise.all(all)).includes(before));
});
