#!lua flags=no-writes
-- Reads what a member missed after a position.
-- KEYS: 1 room log (zset)  2 room meta (hash)  3 room members (hash)
-- ARGV: 1 user id  2 since  3 most events  4 the position before every event
-- Returns {"not-member"} | {"fork", head} | {"gone", head} | {"recovered", head, member, score, …}.
local log, meta, members = KEYS[1], KEYS[2], KEYS[3]
local user, since, most, start = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
if redis.call('HEXISTS', members, user) == 0 then return { 'not-member' } end
local head = redis.call('HGET', meta, 'last') or start
local top = redis.call('ZRANGE', log, '(8000000000', 0,
  'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')[2]
if top and tonumber(top) > tonumber(head) then
  local us = math.floor(top * 1000000 + 0.5)
  head = string.format('%d.%06d', math.floor(us / 1000000), us % 1000000)
end
if tonumber(since) > tonumber(head) then return { 'fork', head } end
local floor = redis.call('HGET', meta, 'floor') or start
if tonumber(since) < tonumber(floor) then return { 'gone', head } end
-- Between the floor and the head every event is kept: a position that is not there was lost.
if since ~= floor and redis.call('ZCOUNT', log, since, since) == 0 then return { 'fork', head } end
if redis.call('ZCOUNT', log, '(' .. since, '+inf') > most then return { 'gone', head } end
local missed = redis.call('ZRANGE', log, '(' .. since, '+inf', 'BYSCORE', 'WITHSCORES')
table.insert(missed, 1, 'recovered')
table.insert(missed, 2, head)
return missed
