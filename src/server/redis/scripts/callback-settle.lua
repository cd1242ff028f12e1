#!lua
-- Ends a call of a bot, or says when it is tried again.
-- KEYS: 1 calls (zset by the ms they are due at)  2 how often each was tried (hash)
-- ARGV: 1 the call  2 ms until it is tried again, or "" if it is over
-- Returns nothing of interest.
local calls, tries, call = KEYS[1], KEYS[2], ARGV[1]
if ARGV[2] == '' then
  redis.call('ZREM', calls, call)
  redis.call('HDEL', tries, call)
  return 1
end
local time = redis.call('TIME')
redis.call('ZADD', calls, 'XX', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2], call)
return 1
