#!lua
-- Takes somebody whose account is deleted out of a room, whatever they were there. Done twice it changes nothing.
-- KEYS: 1 room members (hash)  2 read positions (hash)  3 the person's rooms (set)
-- ARGV: 1 room id  2 who is gone  3 the rooms they have left (set)
-- Returns 1 if they were there, else 0.
local members, reads, rooms = KEYS[1], KEYS[2], KEYS[3]
local room, user = ARGV[1], ARGV[2]
--@include room-act
local role = redis.call('HGET', members, user)
redis.call('SADD', ARGV[3], room)
redis.call('SREM', rooms, room)
redis.call('HDEL', reads, user)
if not role or role == 'gone' then return 0 end
-- The other one of a chat of two keeps it, and sees with whom it was.
if room:find(':') then redis.call('HSET', members, user, 'gone')
else redis.call('HDEL', members, user) end
notify_all(members, room)
return 1
