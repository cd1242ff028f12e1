#!lua
-- Gives a person another name, and keeps the old one from everybody else for a while.
-- KEYS: 1 user (hash)  2 old name (string)  3 new name (string)  4 all names (zset)
-- ARGV: 1 user id  2 old name as they write it  3 new name likewise  4 old canonical name  5 new canonical name
--       6 what the old name holds while it is kept  7 seconds to keep it
-- Returns "done", "taken", or "raced" if they are called something else by now.
local user, old, new, all = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, held = ARGV[1], ARGV[6]
if redis.call('HGET', user, 'username') ~= ARGV[2] then return 'raced' end
if old ~= new then
  local holder = redis.call('GET', new)
  -- One's own old name can be taken back.
  if holder and holder ~= held then return 'taken' end
  local mine = redis.call('GET', old)
  -- The tutorial's text writes the bare id.
  if mine == user or mine == id then redis.call('SET', old, held, 'EX', ARGV[7]) end
  redis.call('SET', new, user)
  redis.call('ZREM', all, ARGV[4])
  redis.call('ZADD', all, 0, ARGV[5])
end
redis.call('HSET', user, 'username', ARGV[3])
return 'done'
