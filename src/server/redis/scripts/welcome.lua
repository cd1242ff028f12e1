#!lua
-- Makes somebody whose account a server of another kind made a member of General, with all that Klatch keeps of one.
-- KEYS: 1 user (hash)  2 the user's rooms (set)  3 members of General (hash)  4 read positions of General (hash)
-- ARGV: 1 user id  2 id of General  3 the name's canonical form, or "" if Klatch would not allow the name
--       4 key of that name (string)  5 meta of General (hash)
-- Returns 1 if they are a member of General now, 0 if there is no such account.
local user, rooms, members, reads = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if redis.call('HEXISTS', user, 'username') == 0 then return 0 end
if redis.call('HEXISTS', members, ARGV[1]) == 1 then return 1 end
redis.call('HSET', members, ARGV[1], 'member')
redis.call('SADD', rooms, ARGV[2])
redis.call('HSETNX', user, 'createdAt', redis.call('TIME')[1])
-- What was said before is there to be read, and nothing that was missed.
redis.call('HSETNX', reads, ARGV[1], redis.call('HGET', ARGV[5], 'last') or '0.000000')
-- Found by the beginning of their name, and named by others, if nobody else has that name in another spelling.
if ARGV[3] ~= '' then
  redis.call('SET', ARGV[4], user, 'NX')
  local holder = redis.call('GET', ARGV[4])
  if holder == user or holder == ARGV[1] then redis.call('ZADD', 'usernames', 0, ARGV[3]) end
end
return 1
