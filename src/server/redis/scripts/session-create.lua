#!lua
-- Makes a session; its time to live is set in the same step, so none is ever without.
-- KEYS: 1 session (hash)  2 sessions of its user (zset by their end)  3 user (hash)
-- ARGV: 1 user id  2 seconds it lives without use  3 seconds it lives at most  4 id of the session
--       5 the hash that the password was compared with, or '': it may have been changed meanwhile
--       6 what was signed in with, in words  7 sessions one person may have: of more the oldest end
--       8 a link that is used up for it (hash), if there is one
-- Returns 1, or 0 if the password is another by now, the link is void, or the user suspended.
local session, all, account = KEYS[1], KEYS[2], KEYS[3]
local user, idle, most, id, hash = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local now = tonumber(redis.call('TIME')[1])
local ends = now + math.min(idle, most)
if redis.call('HEXISTS', account, 'suspended') == 1 then return 0 end
if hash ~= '' and redis.call('HGET', account, 'password') ~= hash then return 0 end
if ARGV[8] then
  if redis.call('HGET', ARGV[8], 'user') ~= user then return 0 end
  redis.call('DEL', ARGV[8])
  redis.call('ZREM', all:match('^(.*):sessions$') .. ':links', ARGV[8]:match('[^:]*$'))
end
redis.call('HSET', session, 'user', user, 'since', now, 'used', now, 'until', now + most, 'device', ARGV[6])
redis.call('EXPIREAT', session, ends)
redis.call('ZREMRANGEBYSCORE', all, '-inf', now)
redis.call('ZADD', all, now + most, id)
redis.call('EXPIREAT', all, now + most)
for _, old in ipairs(redis.call('ZRANGE', all, 0, -1 - ARGV[7])) do
  redis.call('DEL', session:sub(1, #session - #id) .. old)
  redis.call('ZREM', all, old)
  redis.call('SPUBLISH', account, '{"type":"session-ended","session":"' .. old .. '"}')
end
return 1
