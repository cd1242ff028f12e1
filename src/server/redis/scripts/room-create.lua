#!lua
-- Makes a room with its people, all of it or nothing.
-- KEYS: 1 room members (hash)  2 room meta (hash)  3 room name (string)  4 open rooms (set)
-- ARGV: 1 room id  2 kind  3 name  4 topic  5 most rooms of one person  6 maker's id  7 … the others' ids
-- Returns 1, 0 if the room is there already, -1 if its maker is in too many, or -2 if one of the others
-- blocks the maker, or is blocked.
local members, meta, name, open = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room, kind, maker = ARGV[1], ARGV[2], ARGV[6]
local function rooms(user) return 'user:' .. user .. ':rooms' end
--@include blocked
local there = redis.call('EXISTS', members)
for at = 7, there == 0 and #ARGV or 0 do
  if is_blocked(maker, ARGV[at]) then return -2 end
end
if redis.call('SISMEMBER', rooms(maker), room) == 0 then
  if redis.call('SCARD', rooms(maker)) >= tonumber(ARGV[5]) then return -1 end
  -- The others see a private chat from its first message on; so does who has left it.
  if there == 0 or redis.call('HEXISTS', members, maker) == 1 then redis.call('SADD', rooms(maker), room) end
end
if there == 1 then return 0 end
redis.call('HSET', meta, 'kind', kind, 'topic', ARGV[4], 'by', maker, 'at', redis.call('TIME')[1])
redis.call('HSET', members, maker, kind == 'private' and 'member' or 'moderator')
for at = 7, #ARGV do redis.call('HSET', members, ARGV[at], 'member') end
if #ARGV >= 7 then redis.call('HSET', meta, 'unseen', '1') end
if ARGV[3] ~= '' then redis.call('SET', name, ARGV[3]) end
if kind == 'open' then redis.call('SADD', open, room) end
return 1
