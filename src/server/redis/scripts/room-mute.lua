#!lua
-- Lets a person in a room read and say nothing, until a time or for good; or lets them speak again.
-- KEYS: 1 room members (hash)  2 room meta (hash)  3 mutes (hash: person -> JSON)
-- ARGV: 1 room id  2 who is muted  3 who acts  4 the mute as JSON, or "" to lift it
-- Returns "done", "unchanged", "not-found" or "not-allowed".
local members, meta, mutes = KEYS[1], KEYS[2], KEYS[3]
local room, user, by, mute = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
--@include room-act
local kind, role = standing(members, meta, room, by)
if not role then return 'not-found' end
if kind == 'private' or role ~= 'moderator' then return 'not-allowed' end
if mute == '' then
  if redis.call('HDEL', mutes, user) == 0 then return 'unchanged' end
else
  local whose = redis.call('HGET', members, user)
  if not whose then return 'not-found' end
  if whose == 'moderator' then return 'not-allowed' end
  redis.call('HSET', mutes, user, mute)
end
notify_all(members, room)
if redis.call('HLEN', members) > 200 then notify(user, room) end
return 'done'
