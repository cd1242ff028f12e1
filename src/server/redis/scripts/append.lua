#!lua
-- Stores a message and tells everyone, in one step: member? stored before? next id, store, remember, publish.
-- KEYS: 1 room log (zset)  2 room meta (hash)  3 room members (hash)  4 retry record (string)
-- ARGV: 1 user id  2 room id  3 digest of the text  4 seconds to keep the retry record
--       5, 6, 7 the message's JSON: up to the date, from there to the id, from there to the end
-- Returns {"stored", id} | {"not-member"} | {"cid-reused"}. The log's own key is also the room's channel.
local log, meta, members, sent = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local user, room, digest, keep = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('HEXISTS', members, user) == 0 then return { 'not-member' } end
local before = redis.call('GET', sent)
if before then
  local id, same = before:match('^(%S+) (%S+)$')
  if same ~= digest then return { 'cid-reused' } end
  return { 'stored', id }
end
--@include next-id
local id, prev = next_id(log, meta)
local message = ARGV[5] .. id:match('^%d+') .. ARGV[6] .. id .. ARGV[7]
redis.call('ZADD', log, id, message)
redis.call('HSET', meta, 'last', id)
redis.call('SET', sent, id .. ' ' .. digest, 'EX', keep)
redis.call('SPUBLISH', log, '{"type":"message","room":"' .. room .. '","id":"' .. id
  .. '","prev":"' .. prev .. '","data":' .. message .. '}')
return { 'stored', id }
