#!lua flags=no-writes
-- Reads a page of a room's log for a member; the check and the read are one step.
-- KEYS: 1 room log (zset)  2 room members (hash)
-- ARGV: 1 user id  2 lowest score  3 highest score  4 "REV" for newest first, else ""  5 how many
-- Returns {"not-member"} | {"page", member, score, member, score, …}.
local log, members = KEYS[1], KEYS[2]
local user, low, high, rev, count = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if redis.call('HEXISTS', members, user) == 0 then return { 'not-member' } end
local found
if rev == 'REV' then
  found = redis.call('ZRANGE', log, high, low, 'BYSCORE', 'REV', 'LIMIT', 0, count, 'WITHSCORES')
else
  found = redis.call('ZRANGE', log, low, high, 'BYSCORE', 'LIMIT', 0, count, 'WITHSCORES')
end
table.insert(found, 1, 'page')
return found
