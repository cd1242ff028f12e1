#!lua
-- Changes what is said of a room, and what may be done in it. An archived room is not listed.
-- KEYS: 1 room members (hash)  2 room meta (hash)  3 room name (string)  4 open rooms (set)
-- ARGV: 1 room id  2 who acts  3 … field, value, field, value, … (an empty `archived` takes it away)
-- Returns "done", "not-found" or "not-allowed".
local members, meta, name, open = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room, by = ARGV[1], ARGV[2]
--@include room-act
local kind, role = standing(members, meta, room, by)
if not role then return 'not-found' end
if kind == 'private' or role ~= 'moderator' then return 'not-allowed' end
for at = 3, #ARGV, 2 do
  if kind == 'general' and ARGV[at] == 'archived' then return 'not-allowed' end
end
for at = 3, #ARGV, 2 do
  local field, value = ARGV[at], ARGV[at + 1]
  if field == 'name' then redis.call('SET', name, value)
  elseif field == 'archived' and value == '' then redis.call('HDEL', meta, field)
  else redis.call('HSET', meta, field, value) end
end
if kind == 'open' then
  redis.call(redis.call('HEXISTS', meta, 'archived') == 1 and 'SREM' or 'SADD', open, room)
end
for _, user in ipairs(redis.call('HKEYS', members)) do notify(user, room) end
return 'done'
