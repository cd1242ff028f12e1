#!lua
-- Tells servers of other kinds that somebody came or went: once, whichever servers say so.
-- KEYS: 1 of whom they were told that they are online (set)
-- ARGV: 1 user id  2 "on", "off", or "again" for who was taken for gone  3 the event
-- Returns 1 if they were told now, else 0.
local user, how = ARGV[1], ARGV[2]
local isNews = redis.call(how == 'off' and 'SREM' or 'SADD', KEYS[1], user) == 1
if not isNews and how ~= 'again' then return 0 end
redis.call('PUBLISH', 'MESSAGES', ARGV[3])
return 1
