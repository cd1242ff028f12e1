#!lua
-- Makes a member a moderator, or a moderator a member.
-- KEYS: 1 room members (hash)  2 room meta (hash)
-- ARGV: 1 room id  2 whose role  3 who acts  4 the role
-- Returns "done", "unchanged", "not-found" or "not-allowed".
local members, meta = KEYS[1], KEYS[2]
local room, user, by = ARGV[1], ARGV[2], ARGV[3]
--@include room-act
local kind, role = standing(members, meta, room, by)
if not role then return 'not-found' end
if kind == 'private' or role ~= 'moderator' then return 'not-allowed' end
local before = redis.call('HGET', members, user)
if not before then return 'not-found' end
if before == ARGV[4] then return 'unchanged' end
redis.call('HSET', members, user, ARGV[4])
notify_all(members, room)
return 'done'
