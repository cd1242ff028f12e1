#!lua
-- Makes what a server of another kind wrote to a room's log a message like any other, and tells everyone, in one step.
-- KEYS: 1 room log (zset; also the room's channel)  2 room meta (hash)  3 room members (hash)  4 read positions (hash)
-- ARGV: 1 author  2 room id  3 the member as it was read  4 its score in whole seconds, or "" if that is no time
--       5, 6, 7 the message's JSON: up to the date, from there to the id, from there to the end
--       8 mutes (hash)  9 who blocks the other in a chat of two (set)
--       10 the moment that is to be its place, in seconds, if it may lie in the past; else ""
-- Returns {"adopted", id} | {"raced"}: it is there no more | {"not-member"} | {"archived"} | {"read-only"}
--       | {"blocked"} | {"muted", until}.
local log, meta, members, reads = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local user, room, old = ARGV[1], ARGV[2], ARGV[3]
if not redis.call('ZSCORE', log, old) then return { 'raced' } end
local role = redis.call('HGET', members, user)
if not role or role == 'gone' then return { 'not-member' } end
local archived, posting, unseen = unpack(redis.call('HMGET', meta, 'archived', 'posting', 'unseen'))
if archived then return { 'archived' } end
--@include hindrance
local hindered = hindrance(ARGV[8], ARGV[9], user, role)
if hindered then return hindered end
if posting == 'moderators' and role ~= 'moderator' then return { 'read-only' } end
redis.call('ZREM', log, old)
--@include next-id
--@include reveal-chat
--@include call-bots
local id, prev = next_id(log, meta, tonumber(ARGV[10]))
local stored = id:match('^%d+')
-- When it was said is up to its author, but it was not after it was found.
local date = ARGV[4] ~= '' and tonumber(ARGV[4]) < tonumber(stored) and ARGV[4] or stored
local message = ARGV[5] .. date .. ARGV[6] .. id .. ARGV[7]
redis.call('ZADD', log, id, message)
redis.call('HSET', reads, user, id)
call_bots(meta, members, room, user, id, ARGV[7])
redis.call('SPUBLISH', log, '{"type":"message","room":"' .. room .. '","id":"' .. id
  .. '","prev":"' .. prev .. '","data":' .. message .. '}')
if unseen then reveal(meta, members, room) end
return { 'adopted', id }
