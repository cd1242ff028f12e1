-- Included by the scripts that end the session of a bot.
-- KEYS, ARGV: none of its own. `id` is that of the session, `prefix` what the key of one begins with.
-- Returns nothing; the channel of the bot carries the news to every server.
local function end_token(user, id, prefix)
  if not id then return end
  redis.call('DEL', prefix .. id)
  redis.call('SPUBLISH', 'user:' .. user, '{"type":"session-ended","session":"' .. id .. '"}')
end
