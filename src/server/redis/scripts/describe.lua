#!lua
-- Sets what a person says of themselves, or takes it away.
-- KEYS: 1 user (hash)
-- ARGV: field and text, in turn; an empty text takes the field away
-- Returns 1, or 0 if there is no such account (any more).
local user = KEYS[1]
if redis.call('HEXISTS', user, 'username') == 0 then return 0 end
for i = 1, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', user, ARGV[i])
  else redis.call('HSET', user, ARGV[i], ARGV[i + 1]) end
end
return 1
