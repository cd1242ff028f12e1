#!lua
-- Makes a session; its time to live is set in the same step, so none is ever without.
-- KEYS: 1 session (hash)
-- ARGV: 1 user id  2 seconds it lives without use  3 seconds it lives at most
-- Returns 1.
local session, user, idle, most = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(redis.call('TIME')[1])
local ends = now + math.min(idle, most)
redis.call('HSET', session, 'user', user, 'since', now, 'used', now, 'until', now + most)
redis.call('EXPIREAT', session, ends)
return 1
