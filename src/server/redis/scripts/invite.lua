#!lua
-- Makes an invitation; its time to live is set in the same step.
-- KEYS: 1 invitation (hash)  2 all invitations (zset by their end)
-- ARGV: 1 digest of the token  2 uses  3 seconds it lives  4 id of who makes it  5 invitations there may be
-- Returns when it was made, in seconds since 1970, or nil if there are too many.
local invitation, all = KEYS[1], KEYS[2]
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', all, '-inf', now)
if redis.call('ZCARD', all) >= tonumber(ARGV[5]) then return nil end
local ends = now + tonumber(ARGV[3])
redis.call('HSET', invitation, 'uses', ARGV[2], 'expires', ends, 'made', now, 'by', ARGV[4])
redis.call('EXPIREAT', invitation, ends)
redis.call('ZADD', all, ends, ARGV[1])
return now
