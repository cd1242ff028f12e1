/** Looks over every record of the lobby in one moment, so that no pair is caught half made. */
import type { RedisProcess } from "#test/support/redis-process.ts";

/** Only for tests: no script of a server may look at all keys. */
const AUDIT = `
local wrong, people, pairs = {}, 0, 0
for _, key in ipairs(redis.call('KEYS', '{lobby}:stranger:*')) do
  people = people + 1
  local uid = key:sub(#'{lobby}:stranger:' + 1)
  local state, pair, peer, role = unpack(redis.call('HMGET', key, 'state', 'pair', 'peer', 'role'))
  if redis.call('PTTL', key) < 0 then wrong[#wrong + 1] = 'without an end: ' .. uid end
  if state == 'paired' then
    pairs = pairs + 1
    local other = redis.call('HMGET', '{lobby}:stranger:' .. peer, 'state', 'pair', 'peer', 'role')
    if peer == uid then wrong[#wrong + 1] = 'with oneself: ' .. uid end
    if other[1] and other[2] ~= pair then wrong[#wrong + 1] = 'one-sided: ' .. uid .. ' ' .. pair end
    if other[2] == pair and (other[3] ~= uid or other[4] == role) then
      wrong[#wrong + 1] = 'double: ' .. uid .. ' ' .. pair
    end
  elseif pair then
    wrong[#wrong + 1] = 'left behind: ' .. uid
  end
end
return { people, pairs, table.concat(wrong, '\\n') }`;

export interface Audit {
  readonly people: number;
  readonly paired: number;
  readonly wrong: readonly string[];
}

export async function audit(redis: RedisProcess): Promise<Audit> {
  const reply = await redis.cli("--raw", "EVAL", AUDIT, "0");
  const [people, paired, ...wrong] = reply.split("\n");
  return {
    people: Number(people),
    paired: Number(paired),
    wrong: wrong.filter((line) => line !== ""),
  };
}

/** Only for tests, as above; counted there, since a million operations leave more than fits a pipe. */
const LEFT = `
local left = 0
for _, key in ipairs(redis.call('KEYS', '*')) do
  if key ~= '{lobby}:waits' and not key:find('^{lobby}:count:') then left = left + 1 end
end
return left`;

/** How many keys are left, without those that hold figures and name nobody. */
export async function leftKeys(redis: RedisProcess): Promise<number> {
  return Number(await redis.cli("--raw", "EVAL", LEFT, "0"));
}
