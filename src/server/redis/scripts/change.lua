#!lua
-- Replaces a message by what it has become, and tells everyone, in one step.
-- KEYS: 1 room log (zset)  2 room meta (hash)  3 room members (hash)  4 changes (zset: "<change> <message> <kind>")
-- ARGV: 1 user id  2 room id  3 "edit", "delete", "reaction" or "pin"  4 message id  5 the member as it was read
--       6, 7 its new JSON, before and after the change's id  8 changes to keep
--       9 "moderator" if only one may; "admin", who need not be there; "gone", who left for good; else ""
--       10 pinned messages (zset)  11 pins there may be  12 mutes (hash)  13 who blocks, in a chat of two (set)
-- Returns {"changed", id} | {"not-member"} | {"archived"} | {"not-allowed"} | {"too-many"}
--       | {"blocked"} | {"muted", until} | {"raced"}: someone else changed it since it was read.
local log, meta, members, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local user, room, kind, message, old = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local role = redis.call('HGET', members, user)
if ARGV[9] ~= 'admin' and ARGV[9] ~= 'gone' then
  if not role then return { 'not-member' } end
  if redis.call('HEXISTS', meta, 'archived') == 1 then return { 'archived' } end
--@include hindrance
  -- One's own words one may always take back.
  local hindered = kind ~= 'delete' and hindrance(ARGV[12], ARGV[13], user, role)
  if hindered then return hindered end
  if ARGV[9] == 'moderator' and role ~= 'moderator' then return { 'not-allowed' } end
end
local score = redis.call('ZSCORE', log, old)
if not score then return { 'raced' } end
local pins, isPinned = ARGV[10], ARGV[6]:find('"pinned":', 1, true)
if kind == 'pin' and isPinned and redis.call('ZCARD', pins) >= tonumber(ARGV[11]) then return { 'too-many' } end
--@include next-id
local id, prev = next_id(log, meta)
local new = ARGV[6] .. id .. ARGV[7]
redis.call('ZREM', log, old)
redis.call('ZADD', log, score, new)
if kind == 'pin' and isPinned then redis.call('ZADD', pins, message, message)
elseif kind == 'pin' or kind == 'delete' then redis.call('ZREM', pins, message) end
--@include remember-change
redis.call('SPUBLISH', log, '{"type":"' .. kind .. '","room":"' .. room .. '","id":"' .. id
  .. '","prev":"' .. prev .. '","data":' .. new .. '}')
return { 'changed', id }
