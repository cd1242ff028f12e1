-- Included by the scripts that sign a person out.
-- KEYS, ARGV: none of its own. `all` is the set of the person's sessions, `prefix` what the key of one begins with.
-- Returns the ids of the sessions it ended: all but `keep`. What could become a session, a link, is void, too.
local function end_sessions(all, prefix, keep)
  local ended = {}
  for _, id in ipairs(redis.call('ZRANGE', all, 0, -1)) do
    if id ~= keep then
      redis.call('DEL', prefix .. id)
      redis.call('ZREM', all, id)
      ended[#ended + 1] = id
    end
  end
  local links = all:match('^(.*):sessions$') .. ':links'
  for _, link in ipairs(redis.call('ZRANGE', links, 0, -1)) do redis.call('DEL', 'sign-in-link:' .. link) end
  redis.call('DEL', links)
  return ended
end
