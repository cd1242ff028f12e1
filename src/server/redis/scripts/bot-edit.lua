#!lua
-- Changes what is said of a bot, and whether it is called.
-- KEYS: 1 user (hash)  2 bots (set)  3 bots that are called (set)
-- ARGV: 1 user id  2 "called", "silent", or "" to leave that as it is  3 … field, value, …; an empty displayName goes
-- Returns 1, or 0 if there is no such bot.
local user, bots, called = KEYS[1], KEYS[2], KEYS[3]
if redis.call('SISMEMBER', bots, ARGV[1]) == 0 then return 0 end
for i = 3, #ARGV, 2 do
  if ARGV[i] == 'displayName' and ARGV[i + 1] == '' then redis.call('HDEL', user, ARGV[i])
  else redis.call('HSET', user, ARGV[i], ARGV[i + 1]) end
end
if ARGV[2] == 'called' then redis.call('SADD', called, ARGV[1]) end
if ARGV[2] == 'silent' then
  redis.call('SREM', called, ARGV[1])
  redis.call('HDEL', user, 'callback', 'callbackSecret')
end
return 1
