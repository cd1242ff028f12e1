-- Included by the scripts that say something: what keeps somebody who is in a room from it.
-- KEYS, ARGV: none of its own. `mutes` is the room's hash, `blocks` the set of those in it who block the other one.
-- Returns nothing, or {"blocked"}, or {"muted", until when in seconds since 1970, 0 for no end}.
local function hindrance(mutes, blocks, user, role)
  if redis.call('EXISTS', blocks) == 1 then return { 'blocked' } end
  if role == 'moderator' then return nil end
  local ends = (redis.call('HGET', mutes, user) or ''):match('^{"until":(%d+)')
  if ends and (ends == '0' or tonumber(ends) > tonumber(redis.call('TIME')[1])) then return { 'muted', ends } end
end
