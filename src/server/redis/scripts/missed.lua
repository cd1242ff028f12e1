#!lua flags=no-writes
-- Reads what a member missed after a position: new messages, and older ones that changed.
-- KEYS: 1 room log (zset)  2 room meta (hash)  3 room members (hash)  4 changes (zset)
-- ARGV: 1 user id  2 since  3 most events  4 the position before every event
-- Returns {"not-member"} | {"fork", head} | {"gone", head}
--       | {"recovered", head, how many messages, member, score, …, changed member, score, …}.
local log, meta, members, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local user, since, most, start = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
if redis.call('HEXISTS', members, user) == 0 then return { 'not-member' } end
local last, settled = unpack(redis.call('HMGET', meta, 'last', 'settled'))
local head = last or start
-- Where the bridge is at work, what a server of another kind wrote is no message yet.
local top = not settled and redis.call('ZRANGE', log, '(8000000000', 0,
  'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')[2]
if top and tonumber(top) > tonumber(head) then
  local us = math.floor(top * 1000000 + 0.5)
  head = string.format('%d.%06d', math.floor(us / 1000000), us % 1000000)
end
if tonumber(since) > tonumber(head) then return { 'fork', head } end
local floor = redis.call('HGET', meta, 'floor') or start
if tonumber(since) < tonumber(floor) then return { 'gone', head } end
-- Between the floor and the head every event is kept: a position that is not there was lost.
local known = redis.call('ZCOUNT', log, since, since) + redis.call('ZCOUNT', changes, since, since)
if since ~= floor and known == 0 then return { 'fork', head } end
local after = '(' .. since
local count = redis.call('ZCOUNT', log, after, '+inf') + redis.call('ZCOUNT', changes, after, '+inf')
if count > most then return { 'gone', head } end
local found = redis.call('ZRANGE', log, after, '+inf', 'BYSCORE', 'WITHSCORES')
local reply = { 'recovered', head, tostring(#found / 2), unpack(found) }
for _, change in ipairs(redis.call('ZRANGE', changes, after, '+inf', 'BYSCORE')) do
  local message = change:match('^%S+ (%S+)')
  if tonumber(message) <= tonumber(since) then
    local now = redis.call('ZRANGE', log, message, message, 'BYSCORE', 'WITHSCORES')
    for i = 1, #now do reply[#reply + 1] = now[i] end
  end
end
return reply
