#!lua
-- Sets how far a person has read a room: forward, or back to where they want to be reminded.
-- KEYS: 1 read positions (hash)  2 room members (hash)  3 room log (zset)  4 room meta (hash)
-- ARGV: 1 user id  2 room id  3 position  4 "back" if it may go back, else ""
--       5 who blocks the other in a chat of two (set), or "" where the other one is not to know
-- Returns "not-member", "ahead" (nothing is there yet) or "read".
local reads, members, log, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local user, room, position = ARGV[1], ARGV[2], ARGV[3]
if redis.call('HEXISTS', members, user) == 0 then return 'not-member' end
local top = redis.call('ZRANGE', log, 0, 0, 'REV', 'WITHSCORES')[2] or '0'
local last = math.max(tonumber(redis.call('HGET', meta, 'last') or '0'), tonumber(top))
if tonumber(position) > last then return 'ahead' end
local before = redis.call('HGET', reads, user) or '0.000000'
if ARGV[4] ~= 'back' and tonumber(position) <= tonumber(before) then return 'read' end
redis.call('HSET', reads, user, position)
redis.call('SPUBLISH', 'user:' .. user, '{"type":"read","room":"' .. room .. '","position":"' .. position .. '"}')
-- In a chat of two the other one may see it.
local other = room:match('^' .. user .. ':(%d+)$') or room:match('^(%d+):' .. user .. '$')
if ARGV[5] ~= '' and other and other ~= user and redis.call('EXISTS', ARGV[5]) == 0 then
  redis.call('SPUBLISH', 'user:' .. other, '{"type":"seen","room":"' .. room .. '","position":"' .. position .. '"}')
end
return 'read'
