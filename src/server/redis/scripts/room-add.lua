#!lua
-- Lets a person into a room: by themselves if it is open, else by a moderator of it.
-- KEYS: 1 room members (hash)  2 room meta (hash)  3 the person's rooms (set)  4 the person (hash)
-- ARGV: 1 room id  2 who comes in  3 who acts  4 most rooms of one person  5 the room's bans (hash)
--       6 read positions (hash)
-- Returns "done", "unchanged", "not-found", "not-allowed", "banned", "too-many-rooms" or "unavailable-person".
local members, meta, rooms, person = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room, user, by = ARGV[1], ARGV[2], ARGV[3]
--@include room-act
--@include blocked
local kind, role = standing(members, meta, room, by)
if redis.call('EXISTS', members) == 0 or (not role and kind ~= 'open') then return 'not-found' end
if kind == 'private' then return 'not-allowed' end
if user ~= by and role ~= 'moderator' then return role and 'not-allowed' or 'not-found' end
if redis.call('EXISTS', person) == 0 then return 'not-found' end
if redis.call('HEXISTS', members, user) == 1 then return 'unchanged' end
local ends = (redis.call('HGET', ARGV[5], user) or ''):match('^{"until":(%d+)')
if ends and (ends == '0' or tonumber(ends) > tonumber(redis.call('TIME')[1])) then return 'banned' end
if redis.call('HGET', meta, 'archived') then return 'not-allowed' end
local isFull = redis.call('SCARD', rooms) >= tonumber(ARGV[4])
-- Nobody learns from this that they are blocked: it may be either.
if user ~= by and (isFull or is_blocked(user, by)) then return 'unavailable-person' end
if isFull then return 'too-many-rooms' end
redis.call('HSET', members, user, 'member')
redis.call('SADD', rooms, room)
-- What was said before is there to be read, and nothing that was missed.
redis.call('HSET', ARGV[6], user, redis.call('HGET', meta, 'last') or '0.000000')
notify_all(members, room)
return 'done'
