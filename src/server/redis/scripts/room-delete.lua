#!lua
-- Deletes a room with everything that was said in it. Its id is never given again.
-- KEYS: 1 room members (hash)  2 room meta (hash)  3 room log (zset)  4 open rooms (set)
-- ARGV: 1 room id  2 who acts  3 … the room's other keys
-- Returns "done", "not-found" or "not-allowed".
local members, meta, log, open = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room, by = ARGV[1], ARGV[2]
--@include room-act
local kind, role = standing(members, meta, room, by)
if not role then return 'not-found' end
if kind == 'private' or kind == 'general' or role ~= 'moderator' then return 'not-allowed' end
local people = redis.call('HKEYS', members)
redis.call('SREM', open, room)
redis.call('DEL', members, meta, log, unpack(ARGV, 3))
for _, user in ipairs(people) do
  redis.call('SREM', 'user:' .. user .. ':rooms', room)
  notify(user, room, true)
end
return 'done'
