#!lua
-- Blocks a person, or lifts that, and closes or opens the chat of the two; tells who blocks, and nobody else.
-- KEYS: 1 whom one blocks (zset)  2 who blocks the other (set)  3 who blocks in their chat (set)  4 the other (hash)
-- ARGV: 1 who acts  2 the other  3 "on" or "off"  4 how many one may block
-- Returns "done", "not-found" or "too-many".
local blocks, blockers, chat, person = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local by, user, on, most = ARGV[1], ARGV[2], ARGV[3] == 'on', tonumber(ARGV[4])
local is = redis.call('ZSCORE', blocks, user)
if on == (is and true or false) then return 'done' end
if on then
  if redis.call('HEXISTS', person, 'username') == 0 then return 'not-found' end
  if redis.call('ZCARD', blocks) >= most then return 'too-many' end
  redis.call('ZADD', blocks, redis.call('TIME')[1], user)
  redis.call('SADD', blockers, by)
  redis.call('SADD', chat, by)
else
  redis.call('ZREM', blocks, user)
  redis.call('SREM', blockers, by)
  redis.call('SREM', chat, by)
end
redis.call('SPUBLISH', 'user:' .. by, '{"type":"blocks","user":' .. user .. ',"blocked":' .. tostring(on) .. '}')
return 'done'
