/** A client's part for webhooks, the same each time. */
import { Webhooks } from "#sdk/directory/webhooks.ts";
import type { Klatch } from "#sdk/index.ts";

const known = new WeakMap<Klatch, Webhooks>();

export function webhooksOf(klatch: Klatch): Webhooks {
  const webhooks = known.get(klatch) ?? new Webhooks(klatch);
  known.set(klatch, webhooks);
  return webhooks;
}
