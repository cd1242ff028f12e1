#!lua
-- Makes the account of a bot, all of it or nothing: name, user, and the session that its token stands for.
-- KEYS: 1 username (string)  2 user (hash)  3 session (hash)  4 bots (set)
-- ARGV: 1 user id  2 most bots  3 id of the session  4 bots that are called (set), or ""
--       5 … field, value, … of the user
-- Returns "done", "name-taken" or "too-many".
local username, user, session, bots = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if redis.call('SCARD', bots) >= tonumber(ARGV[2]) then return 'too-many' end
if redis.call('EXISTS', username) == 1 or redis.call('EXISTS', user) == 1 then return 'name-taken' end
local now = redis.call('TIME')[1]
redis.call('SET', username, user)
redis.call('HSET', user, 'role', 'bot', 'createdAt', now, 'token', ARGV[3], unpack(ARGV, 5))
-- It has no end of its own: a program does not sign in again. Its bot's admins end it.
redis.call('HSET', session, 'user', ARGV[1], 'since', now, 'used', now)
redis.call('SADD', bots, ARGV[1])
if ARGV[4] ~= '' then redis.call('SADD', ARGV[4], ARGV[1]) end
redis.call('ZADD', 'usernames', 0, username:match('^username:(.*)$'))
return 'done'
