/** Clients in a world of the test's own: each with its room, its store and the line it is on. */
import assert from "node:assert/strict";
import { Klatch, MemoryStore } from "#sdk/index.ts";
import type { Entry, OutboxStore } from "#sdk/index.ts";
import { World } from "#test/support/sdk-world.ts";

export const ADA = { id: 1, username: "ada" };
export const BRIN = { id: 2, username: "brin" };

export function client(world: World, me: typeof ADA, store: OutboxStore = new MemoryStore()) {
  const environment = world.environment();
  const klatch = new Klatch({ me, store, environment });
  const room = klatch.room("0");
  const line = () => {
    const connection = environment.connections.at(-1);
    assert.ok(connection);
    return connection;
  };
  return { klatch, room, environment, line, store };
}

export async function twoInARoom(world = new World()) {
  const ada = client(world, ADA);
  const brin = client(world, BRIN);
  for (const { klatch, room } of [ada, brin]) {
    room.join();
    klatch.connect();
  }
  await world.deliver();
  return { world, ada, brin };
}

export const texts = (entries: readonly Entry[]) => entries.map(({ text }) => text);
export const states = (entries: readonly Entry[]) => entries.map(({ state }) => state);
