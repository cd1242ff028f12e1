#!lua
-- Gives a bot another session in place of the one it has, whose connections every server is told to close.
-- KEYS: 1 user (hash)  2 bots (set)  3 the new session (hash)
-- ARGV: 1 user id  2 id of the new session  3 what the key of a session begins with
-- Returns "done", "not-found" or "suspended".
local user, bots, session = KEYS[1], KEYS[2], KEYS[3]
if redis.call('SISMEMBER', bots, ARGV[1]) == 0 then return 'not-found' end
if redis.call('HEXISTS', user, 'suspended') == 1 then return 'suspended' end
local old, now = redis.call('HGET', user, 'token'), redis.call('TIME')[1]
redis.call('HSET', user, 'token', ARGV[2])
redis.call('HSET', session, 'user', ARGV[1], 'since', now, 'used', now)
--@include end-token
end_token(ARGV[1], old, ARGV[3])
return 'done'
