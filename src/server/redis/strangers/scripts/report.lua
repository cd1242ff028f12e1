#!lua
-- Who was in a pair that has just ended reports the other one: keeps the two apart, and tells the other's server, once.
-- KEYS: 1 the pair's past (hash)  2 whom the reporter does not meet (zset)
-- ARGV: 1 uid  2 the report's id  3 network of the reporter
-- Returns "told", "again", or "gone".
--@include lobby
local past = redis.call('HMGET', KEYS[1], '0', '1')
local role
for i = 1, 2 do
  if past[i] and past[i]:match('^%S+') == ARGV[1] then role = i - 1 end
end
if not role or not past[2 - role] then return 'gone' end
redis.call('ZADD', KEYS[2], 'inf', past[2 - role]:match('^%S+'))
redis.call('PEXPIRE', KEYS[2], AVOID_MS)
if redis.call('HSETNX', KEYS[1], 'reported:' .. role, 1) == 0 then return 'again' end
local peer, server = past[2 - role]:match('^(%S+) (%S+)$')
if peer then tell(server, 'reported', peer, ARGV[2], ARGV[3]) end
return 'told'
