#!lua flags=allow-oom
-- Says whose session it is and keeps it alive. Never brings one back: everything happens only if it is there.
-- Runs in a full Redis too: it takes no memory, and whoever cannot say who they are can neither read nor sign out.
-- KEYS: 1 session (hash)
-- ARGV: 1 seconds it lives without use  2 seconds between two renewals (each costs a flush to disk)
-- Returns the user id, or nil.
local session, idle, pause = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local user, used, ends = unpack(redis.call('HMGET', session, 'user', 'used', 'until'))
if not user then return nil end
local now = tonumber(redis.call('TIME')[1])
-- The end is stored too, so that a clock set back cannot stretch a session. A bot's has none.
if ends and now >= tonumber(ends) then
  redis.call('DEL', session)
  return nil
end
if math.abs(now - tonumber(used)) >= pause then
  redis.call('HSET', session, 'used', now)
  if ends then redis.call('EXPIREAT', session, math.min(now + idle, tonumber(ends))) end
end
return user
