-- Included by the script that sends: a private chat is seen by the others from its first message on.
-- KEYS, ARGV: none of its own. `meta` and `members` are the chat's hashes.
-- Returns nothing.
local function reveal(meta, members, room)
  redis.call('HDEL', meta, 'unseen')
  for _, person in ipairs(redis.call('HKEYS', members)) do
    redis.call('SADD', 'user:' .. person .. ':rooms', room)
    redis.call('SPUBLISH', 'user:' .. person, '{"type":"rooms","room":"' .. room .. '"}')
  end
end
