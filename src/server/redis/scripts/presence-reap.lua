#!lua
-- Forgets people of a server whose lease has run out, some at a time; the lease is looked at again, since it may live.
-- KEYS: 1 servers (zset)  2 people at that server (set)  3 servers each is at (hash)  4 online_users (set)
-- ARGV: 1 server id  2 how many at a time  3 '1' for a server that ends and is the last: its lease does not count
-- Returns 1 if there are more, else 0.
local servers, here, counts, online = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('ZSCORE', servers, ARGV[1])
if ARGV[3] ~= '1' and lease and tonumber(lease) >= now then return 0 end
if ARGV[3] == '1' and redis.call('ZCOUNT', servers, now, '+inf') > 1 then return 0 end
--@include presence-moves
for _, user in ipairs(redis.call('SRANDMEMBER', here, ARGV[2])) do leave(user) end
tell()
if redis.call('SCARD', here) > 0 then return 1 end
redis.call('ZREM', servers, ARGV[1])
return 0
