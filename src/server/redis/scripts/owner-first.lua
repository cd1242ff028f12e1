#!lua
-- Makes the person with the lowest id an owner, where there is none: Redis was filled before there were any.
-- KEYS: 1 owners (set)  2 last user id (string)  3 members of General (hash)
-- ARGV: 1 what the key of a user begins with
-- Returns the id of the new owner, or nil if there is one, or nobody at all.
local owners, total, members = KEYS[1], KEYS[2], KEYS[3]
if redis.call('EXISTS', owners) == 1 then return nil end
for id = 1, tonumber(redis.call('GET', total) or 0) do
  local user = ARGV[1] .. id
  if redis.call('EXISTS', user) == 1 and redis.call('HGET', user, 'role') ~= 'bot' then
    redis.call('HSET', user, 'role', 'owner')
    redis.call('SADD', owners, id)
    redis.call('HSET', members, id, 'moderator')
    return tostring(id)
  end
end
return nil
