#!lua
-- Ends a bot: its session, its places in rooms, its name. What it said stays, and who said it.
-- KEYS: 1 user (hash)  2 bots (set), or the webhooks of its room  3 the bot's rooms (set)  4 bots that are called (set)
-- ARGV: 1 user id  2 what the key of a session begins with  3 canonical name
--       4, 5 of a webhook: the room whose moderator must act, and who acts
-- Returns "done", "not-found" or "not-allowed".
local user, bots, rooms, called = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if ARGV[4] then
  local role = redis.call('HGET', '{room:' .. ARGV[4] .. '}:members', ARGV[5])
  if role and role ~= 'moderator' then return 'not-allowed' end
  if not role then return 'not-found' end
end
if redis.call('SREM', bots, ARGV[1]) == 0 then return 'not-found' end
local old = redis.call('HGET', user, 'token')
redis.call('HDEL', user, 'token', 'scopes', 'callback', 'callbackSecret', 'hook')
redis.call('SREM', called, ARGV[1])
local username = 'username:' .. ARGV[3]
if redis.call('GET', username) == user then
  redis.call('DEL', username)
  redis.call('ZREM', 'usernames', ARGV[3])
end
--@include room-act
--@include end-token
for _, room in ipairs(redis.call('SMEMBERS', rooms)) do
  local members = '{room:' .. room .. '}:members'
  -- A private chat keeps its people: it is called by them.
  if standing(members, '{room:' .. room .. '}:meta', room, ARGV[1]) ~= 'private' then
    redis.call('HDEL', members, ARGV[1])
    notify_all(members, room)
  end
end
redis.call('DEL', rooms)
end_token(ARGV[1], old, ARGV[2])
return 'done'
