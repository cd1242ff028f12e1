#!lua
-- Takes calls of bots that are due; another server takes those that are not settled in time.
-- KEYS: 1 calls (zset by the ms they are due at)  2 how often each was tried (hash)
-- ARGV: 1 how many  2 ms until they are due again
-- Returns {call, tries, call, tries, …}; this try is counted.
local calls, tries = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claimed = {}
for _, call in ipairs(redis.call('ZRANGE', calls, '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])) do
  redis.call('ZADD', calls, now + ARGV[2], call)
  claimed[#claimed + 1] = call
  claimed[#claimed + 1] = tostring(redis.call('HINCRBY', tries, call, 1))
end
return claimed
