#!lua
-- Bans the network of who was reported; the salt of its day lives as long as the ban, and no longer.
-- KEYS: 1 the trace (string)  2 all bans by their end in ms (zset)
-- ARGV: 1 ban's id  2 end in seconds  3 reason  4 ms it lasts  5 bans there may be
-- Returns "banned", "gone" if the trace or its salt is deleted, or "many".
--@include lobby
local day, digest = (redis.call('GET', KEYS[1]) or ''):match('^(%d+) (%S+)$')
local salt = at('secret', 'bans:' .. (day or ''))
if not day or redis.call('EXISTS', salt) == 0 then return 'gone' end
local ban = at('ban', day .. ':' .. digest)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now_ms())
-- The last word on a network counts, and takes the place of the one before.
for _, other in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if other:match('%S+$') == ban then redis.call('ZREM', KEYS[2], other) end
end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[5]) then return 'many' end
local told = table.concat({ ARGV[1], ARGV[2], ARGV[3] }, ' ')
redis.call('PEXPIRE', salt, ARGV[4], 'GT')
redis.call('SET', ban, told, 'PX', ARGV[4])
redis.call('ZADD', KEYS[2], now_ms() + ARGV[4], told .. ' ' .. ban)
redis.call('PEXPIRE', KEYS[2], math.max(redis.call('PTTL', KEYS[2]), tonumber(ARGV[4])))
redis.call('DEL', KEYS[1])
return 'banned'
