#!lua
-- Signs a person out everywhere but here.
-- KEYS: 1 sessions of the user (zset)
-- ARGV: 1 id of the session that stays  2 what the key of a session begins with
-- Returns the ids of the sessions it ended.
--@include end-sessions
return end_sessions(KEYS[1], ARGV[2], ARGV[1])
