#!lua
-- A server says that it lives, keeps its strangers alive, and learns what became of them.
-- KEYS: 1 the server's lease (string)  2 all servers by the end of their lease (zset)  3 the era (string)
-- ARGV: 1 server  2 the era it knows  3 era to begin if there is none  4 ms its lease lives  5 what it counts
--       6... uids
-- Returns {era, "<state> <epoch> <pair>" or "" for each uid}; only {era} if it is another one.
--@include lobby
local now = now_ms()
redis.call('SET', KEYS[1], ARGV[5], 'PX', ARGV[4])
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('PEXPIRE', KEYS[2], THERE_MS)
redis.call('SET', KEYS[3], ARGV[3], 'NX', 'PX', THERE_MS)
redis.call('PEXPIRE', KEYS[3], THERE_MS)
local answer = { redis.call('GET', KEYS[3]) }
if answer[1] ~= ARGV[2] then return answer end
for i = 6, #ARGV do
  local record = at('stranger', ARGV[i])
  local state, epoch, pair, queues, server = unpack(
    redis.call('HMGET', record, 'state', 'epoch', 'pair', 'queues', 'server'))
  answer[#answer + 1] = state and (state .. ' ' .. epoch .. ' ' .. (pair or '')) or ''
  if state and server == ARGV[1] then
    redis.call('PEXPIRE', record, state == 'waiting' and WAITING_MS or THERE_MS)
    redis.call('PEXPIRE', at('avoid', ARGV[i]), AVOID_MS)
    for queue in (state == 'waiting' and queues or ''):gmatch('%S+') do
      redis.call('PEXPIRE', at('queue', queue), QUEUE_MS)
    end
  end
end
return answer
