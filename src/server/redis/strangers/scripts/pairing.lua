-- Included: who may be paired, and pairing them. KEYS, ARGV: none. Returns functions; after lobby.lua.
local function met(uid, other)
  local score = redis.call('ZSCORE', at('avoid', uid), other)
  return score and tonumber(score) or 0
end
local function judge(uid, who, ticket, now)
  local state, theirs = unpack(redis.call('HMGET', at('stranger', who), 'state', 'ticket'))
  if state ~= 'waiting' or theirs ~= ticket then return 'dead' end
  local till = math.max(met(uid, who), met(who, uid))
  if who == uid or till == math.huge then return 'never' end
  return till > now and 'recent' or 'good'
end
local function common(a, b)
  local both = {}
  for interest in a:gmatch('%S+') do
    if (' ' .. b .. ' '):find(' ' .. interest .. ' ', 1, true) then both[#both + 1] = interest end
  end
  return table.concat(both, ',')
end
local function seat(uid, pair, role, peer, shared, now)
  local record, avoid = at('stranger', uid), at('avoid', uid)
  redis.call('HDEL', record, 'ticket', 'queues', 'since', 'interests')
  redis.call('HSET', record, 'state', 'paired', 'pair', pair, 'role', role, 'peer', peer, 'ready', 0,
    'started', now, 'shared', shared)
  redis.call('PEXPIRE', record, THERE_MS)
  redis.call('ZADD', avoid, 'GT', now + 900000, peer)
  redis.call('ZREMRANGEBYSCORE', avoid, '-inf', now)
  redis.call('ZREMRANGEBYRANK', avoid, 0, -101)
  redis.call('PEXPIRE', avoid, AVOID_MS)
end
-- Nothing says whose wait it was: two of one moment are told apart by their side.
local function waited(ms, side)
  redis.call('ZADD', '{lobby}:waits', now_ms(), ms .. ' ' .. table.concat(redis.call('TIME'), '.') .. '.' .. side)
  redis.call('ZREMRANGEBYRANK', '{lobby}:waits', 0, -51)
  redis.call('PEXPIRE', '{lobby}:waits', 600000)
end
