#!lua
-- Deletes an account at once; where its person was, and what they said, is cleared up afterwards.
-- KEYS: 1 user (hash)  2 sessions of the user (zset)  3 username (string)  4 all names (zset)
-- ARGV: 1 user id  2 the hash that the password was compared with  3 canonical name  4 "keep" or "remove"
--       5 what the key of a session begins with  6 owners (set)  7 who has left (hash)  8 deleted people (set)
--       9 picture (hash)
-- Returns "done", "last-owner", or "raced" if the password or the name is another by now.
local user, all, username, names = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, owners = ARGV[1], ARGV[6]
--@include end-sessions
local holder = redis.call('GET', username)
-- The tutorial's text writes the bare id.
if holder ~= user and holder ~= id then return 'raced' end
if redis.call('HGET', user, 'password') ~= ARGV[2] then return 'raced' end
if redis.call('SISMEMBER', owners, id) == 1 and redis.call('SCARD', owners) == 1 then return 'last-owner' end
redis.call('HSET', ARGV[7], id, ARGV[4])
redis.call('SADD', ARGV[8], id)
redis.call('SREM', owners, id)
-- Servers of other kinds look a name up as its owner writes it.
local spelled = 'username:' .. (redis.call('HGET', user, 'username') or '')
if redis.call('GET', spelled) == user then redis.call('DEL', spelled) end
redis.call('DEL', user, username, ARGV[9])
redis.call('ZREM', names, ARGV[3])
for _, session in ipairs(end_sessions(all, ARGV[5], '')) do
  redis.call('SPUBLISH', user, '{"type":"session-ended","session":"' .. session .. '"}')
end
return 'done'
