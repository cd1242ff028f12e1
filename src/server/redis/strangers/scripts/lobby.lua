-- Included: what the scripts of the lobby share. All keys lie in one slot, that of {lobby}, and each has an end.
-- KEYS, ARGV: none. Returns functions, and how long things live unseen, in ms: with the 20 s that one who is cut
-- off is waited for, all of a stranger is gone within 90 s.
local WAITING_MS, THERE_MS, QUEUE_MS, AVOID_MS, PAST_MS = 15000, 60000, 30000, 62000, 60000
local function at(kind, id) return '{lobby}:' .. kind .. ':' .. id end
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function tell(server, ...) redis.call('SPUBLISH', at('server', server), table.concat({ ... }, ' ')) end
local function unqueue(uid, ticket, queues)
  for queue in (queues or ''):gmatch('%S+') do redis.call('ZREM', at('queue', queue), uid .. ' ' .. ticket) end
end
local function count(what)
  local hour = at('count', math.floor(redis.call('TIME')[1] / 3600))
  redis.call('HINCRBY', hour, what, 1)
  redis.call('EXPIRE', hour, 90000)
end
local function release(uid)
  local record = at('stranger', uid)
  redis.call('HSET', record, 'state', 'idle')
  redis.call('HDEL', record, 'pair', 'role', 'peer', 'ready', 'started', 'shared', 'opened')
  redis.call('PEXPIRE', record, THERE_MS)
end
