#!lua
-- Makes a webhook by a moderator of its room: the account of a bot, which is in the room at once.
-- KEYS: 1 username (string)  2 user (hash)  3 room members (hash)  4 room meta (hash)
-- ARGV: 1 user id  2 room id  3 who acts  4 most webhooks of a room  5 the room's webhooks (set)
--       6 the bot's rooms (set)  7 name as it is shown  8 digest of the token
-- Returns "done", "not-found", "not-allowed", "name-taken" or "too-many".
local username, user, members, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, room, by, hooks = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
--@include room-act
local kind, role = standing(members, meta, room, by)
if not role then return 'not-found' end
if kind == 'private' or role ~= 'moderator' then return 'not-allowed' end
if redis.call('SCARD', hooks) >= tonumber(ARGV[4]) then return 'too-many' end
if redis.call('EXISTS', username) == 1 or redis.call('EXISTS', user) == 1 then return 'name-taken' end
redis.call('SET', username, user)
redis.call('HSET', user, 'username', ARGV[7], 'role', 'bot', 'createdAt', redis.call('TIME')[1], 'by', by,
  'hook', ARGV[8], 'hookRoom', room)
redis.call('SADD', hooks, id)
redis.call('SADD', ARGV[6], room)
redis.call('HSET', members, id, 'member')
redis.call('ZADD', 'usernames', 0, username:match('^username:(.*)$'))
notify_all(members, room)
return 'done'
