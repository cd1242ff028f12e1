#!lua
-- Sets a person's picture in the place of the one before, or takes it away.
-- KEYS: 1 user (hash)  2 picture (hash: its only field is its own hash, so that an old address shows nothing new)
-- ARGV: 1 hash of the picture  2 its bytes; neither of them to take it away
-- Returns 1, or 0 if there is no such account (any more).
local user, picture = KEYS[1], KEYS[2]
if redis.call('HEXISTS', user, 'username') == 0 then return 0 end
redis.call('DEL', picture)
if ARGV[1] then
  redis.call('HSET', picture, ARGV[1], ARGV[2])
  redis.call('HSET', user, 'picture', ARGV[1])
else
  redis.call('HDEL', user, 'picture')
end
return 1
