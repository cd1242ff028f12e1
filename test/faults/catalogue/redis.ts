/** What happens to Redis: it is killed, loses power, is stopped for a while, or loses its scripts and links. */
import type { Fault } from "#test/faults/fault.ts";
import type { World } from "#test/faults/world.ts";

/** Kills Redis, leaves it dead for a while, and starts it again on what it left. */
async function killRedis(world: World, whileDead: () => void = () => undefined): Promise<void> {
  await world.redis.kill("SIGKILL");
  whileDead();
  await world.pause(0, 700);
  const before = world.recorder.acknowledged;
  // What is acknowledged now comes from nowhere.
  await world.pause(50, 100);
  if (world.recorder.acknowledged !== before) throw new Error("acknowledged without a Redis");
  await world.redis.restart();
  await world.progress(world.people.length);
}

export const redisKill: Fault = {
  id: "F10",
  title: "Redis is killed (appendfsync always)",
  times: { short: 5, long: 60 },
  counts: "Redis kill",
  inject: (world) => killRedis(world),
};

export const powerLoss: Fault = {
  id: "F12",
  title: "Redis loses power: all that was not flushed is gone, or half a write is left",
  times: { short: 4, long: 40 },
  counts: "power loss",
  world: { needsDisk: true },
  inject: async (world, time) => {
    const { disk, redis, random } = world;
    if (disk === undefined) throw new Error("This world has no disk of its own.");
    // A slow disk, so that the cut comes while writes are on their way to it.
    disk.slowMs = random.pick([0, 5, 20, 60]);
    await world.pause(100, 300);
    await killRedis(world, () => {
      disk.slowMs = 0;
      disk.losePower(redis, time % 2 === 0 ? undefined : random);
    });
  },
};
