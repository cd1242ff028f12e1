#!lua
-- Puts the people of a server back where all who are online are: a server of another kind takes out whoever leaves it.
-- KEYS: 1 people at this server (set)  2 online_users (set)
-- ARGV: none
-- Returns how many were missing.
local here, missing = redis.call('SMEMBERS', KEYS[1]), 0
for at = 1, #here, 500 do
  missing = missing + redis.call('SADD', KEYS[2], unpack(here, at, math.min(at + 499, #here)))
end
return missing
