#!lua
-- Makes an account, all of it or nothing: name, user, and membership of General.
-- KEYS: 1 username (string)  2 user (hash)  3 the user's rooms (set)  4 members of General (hash)
-- ARGV: 1 user id  2 name as its owner writes it  3 bcrypt hash  4 id of General  5 role there  6 seconds since 1970
--       7 read positions of General (hash)  8 its meta (hash)  9 owners (set)
-- Returns their role in Klatch, or 0 if the name is taken (or the id: only INCR gives ids out, so it cannot be).
local username, user, rooms, members = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if redis.call('EXISTS', username) == 1 or redis.call('EXISTS', user) == 1 then return 0 end
redis.call('SET', username, user)
redis.call('HSET', user, 'username', ARGV[2], 'password', ARGV[3], 'createdAt', ARGV[6])
-- Somebody must be able to name admins: who comes first.
local standing = redis.call('EXISTS', ARGV[9]) == 1 and 'member' or 'owner'
if standing == 'owner' then
  redis.call('HSET', user, 'role', standing)
  redis.call('SADD', ARGV[9], ARGV[1])
end
redis.call('SADD', rooms, ARGV[4])
-- Owners moderate General.
local role = standing == 'owner' and 'moderator' or ARGV[5]
redis.call('HSET', members, ARGV[1], role)
-- What was said before is there to be read, and nothing that was missed.
redis.call('HSET', ARGV[7], ARGV[1], redis.call('HGET', ARGV[8], 'last') or '0.000000')
-- Who looks for somebody by the beginning of their name finds them here.
redis.call('ZADD', 'usernames', 0, username:match('^username:(.*)$'))
return standing
