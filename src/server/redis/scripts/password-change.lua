#!lua
-- Changes a password, and ends all sessions of its owner but one: whoever else knew the old one is out.
-- KEYS: 1 user (hash)  2 sessions of the user (zset)
-- ARGV: 1 the hash that the old password was compared with  2 the new hash  3 id of the session that stays
--       4 what the key of a session begins with
-- Returns the ids of the sessions it ended, or nil if the password is another by now.
local account, all = KEYS[1], KEYS[2]
local from, to, keep, prefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('HGET', account, 'password') ~= from then return nil end
redis.call('HSET', account, 'password', to)
--@include end-sessions
return end_sessions(all, prefix, keep)
