-- Included at the end of search.lua: pairs with who was found, or waits. KEYS, ARGV: those of search.lua.
-- Returns a function that answers what search.lua answers.
local function meet(who)
  if not who then
    local names = table.concat(ARGV, ' ', 8)
    redis.call('HSET', record, 'state', 'waiting', 'ticket', ticket, 'queues', names, 'since', since,
      'interests', ARGV[7])
    redis.call('PEXPIRE', record, WAITING_MS)
    for i = 8, #ARGV do
      redis.call('ZADD', at('queue', ARGV[i]), since, uid .. ' ' .. ticket)
      redis.call('PEXPIRE', at('queue', ARGV[i]), QUEUE_MS)
    end
    return { 'waiting', since, seen }
  end
  local other = redis.call('HMGET', at('stranger', who), 'ticket', 'queues', 'server', 'interests', 'since')
  local shared, pair = common(ARGV[7], other[4] or ''), ARGV[4]
  unqueue(who, other[1], other[2])
  seat(who, pair, 0, uid, shared, now)
  seat(uid, pair, 1, who, shared, now)
  waited(now - other[5], 0)
  waited(now - since, 1)
  count('pairs')
  tell(other[3], 'matched', who, pair, 0, uid, server, shared)
  return { 'paired', pair, 1, who, other[3], shared }
end
