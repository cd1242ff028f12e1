#!lua flags=no-writes
-- Whether a person could say something in a room just now.
-- KEYS: 1 room members (hash)  2 mutes (hash)  3 who blocks the other in a chat of two (set)
-- ARGV: 1 user id
-- Returns 1 or 0.
local members, mutes, blocks = KEYS[1], KEYS[2], KEYS[3]
--@include hindrance
local role = redis.call('HGET', members, ARGV[1])
return role and not hindrance(mutes, blocks, ARGV[1], role) and 1 or 0
