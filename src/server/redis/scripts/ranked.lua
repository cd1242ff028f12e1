#!lua flags=no-writes
-- Reads messages of a room's log by their rank, newest first, for a member; the check and the read
-- are one step.
-- KEYS: 1 room log (zset)  2 room members (hash)
-- ARGV: 1 user id  2 first rank  3 last rank
-- Returns {"not-member"} | {"page", member, score, member, score, …}.
local log, members = KEYS[1], KEYS[2]
local user, first, last = ARGV[1], ARGV[2], ARGV[3]
if redis.call('HEXISTS', members, user) == 0 then return { 'not-member' } end
local found = redis.call('ZRANGE', log, first, last, 'REV', 'WITHSCORES')
table.insert(found, 1, 'page')
return found
