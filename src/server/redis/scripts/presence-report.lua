#!lua
-- Renews a server's lease and takes down who came to it and left it. Repeated, it changes nothing.
-- KEYS: 1 servers (zset by the end of their lease, ms)  2 people at this server (set)
--       3 servers each is at (hash of counts, and `<id>:seen`)  4 online_users (set; its name is also the channel)
-- ARGV: 1 server id  2 ms until the lease ends  3 how many came  4 … who came, then who left
-- Returns 1 if the lease was held, 0 if it had run out.
local servers, here, counts, online = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('ZSCORE', servers, ARGV[1])
redis.call('ZADD', servers, now + ARGV[2], ARGV[1])
--@include presence-moves
for at = 4, #ARGV do
  if at - 4 < tonumber(ARGV[3]) then arrive(ARGV[at]) else leave(ARGV[at]) end
end
tell()
return before and tonumber(before) >= now and 1 or 0
