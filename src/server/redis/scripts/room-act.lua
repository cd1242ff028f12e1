-- Included by the scripts in which somebody does something to a room.
-- KEYS, ARGV: none of its own. `members` and `meta` are the room's hashes, `by` is who acts.
-- Returns the room's kind, and the role of who acts there, if any.
local function standing(members, meta, room, by)
  local kind = redis.call('HGET', meta, 'kind')
  -- General, and the chats of the tutorial, were made without a word of their kind.
  if not kind then kind = room == '0' and 'general' or 'private' end
  return kind, redis.call('HGET', members, by)
end
-- Tells the servers that a person's rooms are others now.
local function notify(user, room, gone)
  redis.call('SPUBLISH', 'user:' .. user, '{"type":"rooms","room":"' .. room .. '"'
    .. (gone and ',"gone":true}' or '}'))
end
-- And of everyone in a room, because of who came or went; a crowd is told when it asks.
local function notify_all(members, room)
  if redis.call('HLEN', members) > 200 then return end
  for _, user in ipairs(redis.call('HKEYS', members)) do notify(user, room) end
end
