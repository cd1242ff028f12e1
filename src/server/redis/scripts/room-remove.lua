#!lua
-- Takes a person out of a room: by themselves, or by a moderator of it. A chat of two is only put away.
-- KEYS: 1 room members (hash)  2 room meta (hash)  3 the person's rooms (set)
-- ARGV: 1 room id  2 who goes  3 who acts
-- Returns "done", "unchanged", "not-found" or "not-allowed".
local members, meta, rooms = KEYS[1], KEYS[2], KEYS[3]
local room, user, by = ARGV[1], ARGV[2], ARGV[3]
--@include room-act
local kind, role = standing(members, meta, room, by)
if not role then return 'not-found' end
-- Everybody is in General, but a program only where it is wanted.
local isBot = redis.call('HGET', 'user:' .. user, 'role') == 'bot'
if kind == 'general' and not isBot then return 'not-allowed' end
if user ~= by and (kind == 'private' or role ~= 'moderator') then return 'not-allowed' end
if room:find(':') then
  redis.call('HSET', meta, 'unseen', '1')
  if redis.call('SREM', rooms, room) == 0 then return 'unchanged' end
  redis.call('SADD', 'user:' .. user .. ':left', room)
  notify(user, room)
  return 'done'
end
if redis.call('HDEL', members, user) == 0 then return 'unchanged' end
redis.call('SREM', rooms, room)
-- What they said here stays theirs.
redis.call('SADD', 'user:' .. user .. ':left', room)
notify(user, room, true)
notify_all(members, room)
return 'done'
