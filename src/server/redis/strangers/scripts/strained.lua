-- Included: reading and keeping strain, which halves every 30 seconds; after lobby.lua. KEYS, ARGV: none.
-- Returns functions: load(key), and keep(key, what load gave), which also says how long it pauses, in ms.
local HALF_LIFE_MS, MINUTE_MS, REMEMBERED_MS = 30000, 60000, 600000
local now = now_ms()
local function load(key)
  local was = redis.call('HMGET', key, 'score', 'at', 'skips', 'offences', 'till')
  local age = math.max(0, now - (tonumber(was[2]) or now))
  local skips = {}
  for skip in (was[3] or ''):gmatch('%d+') do
    if now - skip < MINUTE_MS then skips[#skips + 1] = skip end
  end
  -- A clock that was set back must not make a pause longer than the longest.
  local till = math.min(tonumber(was[5]) or 0, now + 120 * MINUTE_MS)
  local score = (tonumber(was[1]) or 0) * 2 ^ (-age / HALF_LIFE_MS)
  return { score = score, skips = skips, offences = tonumber(was[4]) or 0, till = till }
end
local function keep(key, is)
  redis.call('HSET', key, 'score', string.format('%.3f', is.score), 'at', string.format('%d', now),
    'skips', table.concat(is.skips, ' '), 'offences', is.offences, 'till', string.format('%d', is.till))
  local pause = math.max(0, is.till - now)
  redis.call('PEXPIRE', key, string.format('%d', REMEMBERED_MS + pause))
  return pause
end
