#!lua
-- Counts who has reported strangers of this network within an hour; enough of them, and all of it pauses.
-- KEYS: 1 who reported it (zset: network, when in ms)  2 the network's strain (hash)
-- ARGV: 1 network of who reports  2 reporters that are enough  3 ms within which they count  4 ms of the pause
-- Returns how many there are.
--@include lobby
--@include strained
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local count = redis.call('ZCARD', KEYS[1])
if count >= tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[1])
  local all = load(KEYS[2])
  all.till = math.max(all.till, now + ARGV[4])
  keep(KEYS[2], all)
end
return count
