#!lua
-- Makes a link that signs a person in once; its time to live is set in the same step.
-- KEYS: 1 link (hash)  2 the person's links (zset by their end)  3 user (hash)
-- ARGV: 1 user id  2 digest of the token  3 seconds it lives  4 links one person may have: of more the oldest is void
--       5 what the key of a link begins with
-- Returns when it expires, in seconds since 1970, or nil if there is no such account (any more).
local link, all, user = KEYS[1], KEYS[2], KEYS[3]
local name, role = unpack(redis.call('HMGET', user, 'username', 'role'))
if not name then return nil end
local now = tonumber(redis.call('TIME')[1])
local ends = now + tonumber(ARGV[3])
redis.call('HSET', link, 'user', ARGV[1], 'role', role or 'member')
redis.call('EXPIREAT', link, ends)
redis.call('ZREMRANGEBYSCORE', all, '-inf', now)
redis.call('ZADD', all, ends, ARGV[2])
for _, old in ipairs(redis.call('ZRANGE', all, 0, -1 - ARGV[4])) do
  redis.call('DEL', ARGV[5] .. old)
  redis.call('ZREM', all, old)
end
redis.call('EXPIREAT', all, redis.call('ZRANGE', all, 0, 0, 'REV', 'WITHSCORES')[2])
return ends
