#!lua
-- Keeps a person out of a room, until a time or for good, and takes them out if they are in.
-- KEYS: 1 room members (hash)  2 room meta (hash)  3 the person's rooms (set)  4 bans (hash: person -> JSON)
-- ARGV: 1 room id  2 who is banned  3 who acts  4 the ban as JSON, or "" to lift it
-- Returns "done", "unchanged", "not-found" or "not-allowed".
local members, meta, rooms, bans = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room, user, by, ban = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
--@include room-act
local kind, role = standing(members, meta, room, by)
if not role then return 'not-found' end
if kind == 'private' or kind == 'general' or role ~= 'moderator' or user == by then return 'not-allowed' end
if ban == '' then
  if redis.call('HDEL', bans, user) == 0 then return 'unchanged' end
else
  redis.call('HSET', bans, user, ban)
end
if ban ~= '' and redis.call('HDEL', members, user) == 1 then
  redis.call('SREM', rooms, room)
  redis.call('SADD', 'user:' .. user .. ':left', room)
  notify(user, room, true)
end
-- Who has the list of them open sees it change.
notify_all(members, room)
return 'done'
