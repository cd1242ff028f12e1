#!lua
-- Keeps a person or a bot out of Klatch: ends all their sessions, and lets no new one be made; or lifts that.
-- KEYS: 1 who acts (hash)  2 who is suspended (hash)  3 their sessions (zset)
-- ARGV: 1 id of who acts  2 id of the other  3 "on" or "off"  4 what for  5 what the key of a session begins with
-- Returns "done", "not-found" or "not-allowed".
local actor, person, sessions = KEYS[1], KEYS[2], KEYS[3]
local by, user, on, reason, prefix = ARGV[1], ARGV[2], ARGV[3] == 'on', ARGV[4], ARGV[5]
--@include end-sessions
--@include end-token
local standing = redis.call('HGET', actor, 'role')
if standing ~= 'owner' and standing ~= 'admin' then return 'not-allowed' end
local name, role, since = unpack(redis.call('HMGET', person, 'username', 'role', 'suspended'))
if not name then return 'not-found' end
if role == 'owner' or (role == 'admin' and standing ~= 'owner') then return 'not-allowed' end
if not on then
  redis.call('HDEL', person, 'suspended', 'suspendedBy', 'suspendedFor')
  return 'done'
end
since = since or redis.call('TIME')[1]
redis.call('HSET', person, 'suspended', since, 'suspendedBy', by, 'suspendedFor', reason)
-- A bot's only session is its token; it is given another one when this is lifted.
local token = redis.call('HGET', person, 'token')
redis.call('HDEL', person, 'token')
end_token(user, token, prefix)
local ended = end_sessions(sessions, prefix, '')
for _, id in ipairs(ended) do
  redis.call('SPUBLISH', 'user:' .. user, '{"type":"session-ended","session":"' .. id .. '"}')
end
return 'done'
