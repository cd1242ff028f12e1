#!lua
-- Replaces a message by what it was edited to, or by its tombstone, and tells everyone, in one step.
-- KEYS: 1 room log (zset)  2 room meta (hash)  3 room members (hash)  4 changes (zset: "<change> <message>")
-- ARGV: 1 user id  2 room id  3 "edit" or "delete"  4 message id  5 the member as it was read
--       6, 7 its new JSON, before and after the change's id  8 changes to keep
-- Returns {"changed", id} | {"not-member"} | {"raced"}: someone else changed it since it was read.
local log, meta, members, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local user, room, kind, message, old = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if redis.call('HEXISTS', members, user) == 0 then return { 'not-member' } end
local score = redis.call('ZSCORE', log, old)
if not score then return { 'raced' } end
--@include next-id
local id, prev = next_id(log, meta)
local new = ARGV[6] .. id .. ARGV[7]
redis.call('ZREM', log, old)
redis.call('ZADD', log, score, new)
-- Only places, never texts: what was deleted is nowhere any more.
redis.call('ZADD', changes, id, id .. ' ' .. message)
local extra = redis.call('ZCARD', changes) - ARGV[8]
if extra > 0 then
  local cut = redis.call('ZRANGE', changes, 0, extra - 1)
  redis.call('HSET', meta, 'floor', cut[#cut]:match('^%S+'))
  redis.call('ZREMRANGEBYRANK', changes, 0, extra - 1)
end
redis.call('SPUBLISH', log, '{"type":"' .. kind .. '","room":"' .. room .. '","id":"' .. id
  .. '","prev":"' .. prev .. '","data":' .. new .. '}')
return { 'changed', id }
