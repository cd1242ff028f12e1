/**
 * The keeper: remembers everything in Redis, tells what has become different, and puts it back, so
 * that each cell finds the world fresh.
 */
import type { Redis } from "#server/redis/connect.ts";

/** Beside the world, in a database that no server looks at. */
const KEPT = 1;

// What servers write by themselves, and what only slows down, is nobody's doing.
const PASSING = `
  local function passing(key)
    return key:find('^throttle:') or key:find('^klatch:probe:') or key:find('online_users')
      or key:find('active_users') or key:find('^session:')
  end`;

const KEEP = `
  for _, key in ipairs(redis.call('KEYS', '*')) do
    redis.call('COPY', key, key, 'DB', ${KEPT}, 'REPLACE')
  end`;

// Sessions are put back, too; but to be used changes one, whatever comes of it.
const RESTORE = `${PASSING}
  local function look()
    local found = {}
    for _, key in ipairs(redis.call('KEYS', '*')) do
      -- The members of a set lie in any order.
      local isSet = redis.call('TYPE', key).ok == 'set'
      local members = isSet and redis.call('SMEMBERS', key)
      if isSet then table.sort(members) end
      found[key] = isSet and table.concat(members, ' ') or redis.call('DUMP', key)
    end
    return found
  end
  local changed, there = {}, look()
  redis.call('SELECT', ${KEPT})
  local kept = look()
  for key, dump in pairs(kept) do
    if there[key] ~= dump then
      redis.call('COPY', key, key, 'DB', 0, 'REPLACE')
      if not passing(key) then changed[#changed + 1] = key end
    end
  end
  redis.call('SELECT', 0)
  for key in pairs(there) do
    if not kept[key] and not key:find('online_users') and not key:find('active_users') then
      redis.call('DEL', key)
      if not passing(key) then changed[#changed + 1] = key end
    end
  end
  table.sort(changed)
  return changed`;

/** Options of a Redis whose values look alike whenever they are alike, however they came to be. */
export const COMPARABLE = ["hash", "zset"].flatMap((type) => [
  `--${type}-max-listpack-value`,
  "65536",
  `--${type}-max-listpack-entries`,
  "10000",
]);

export class Keeper {
  readonly #redis: Redis;
  /** How often anything was written, by Redis's own count. */
  #writes = "";

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** From now on this is how the world is. */
  async keep(): Promise<void> {
    await this.#redis.eval(KEEP, { keys: [], arguments: [] });
    this.#writes = await this.#count();
  }

  /** Puts everything back; names of the keys that had become others. */
  async restore(): Promise<readonly string[]> {
    // To look at everything takes longer than most cells.
    if ((await this.#count()) === this.#writes) return [];
    const changed: unknown = await this.#redis.eval(RESTORE, { keys: [], arguments: [] });
    this.#writes = await this.#count();
    return Array.isArray(changed) ? changed.map(String) : [];
  }

  async #count(): Promise<string> {
    const info = await this.#redis.info("persistence");
    return /rdb_changes_since_last_save:(\d+)/u.exec(info)?.[1] ?? "";
  }
}
