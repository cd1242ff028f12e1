#!lua
-- Pairs a stranger with who has waited longest for the same, or lets them wait.
-- KEYS: 1 the stranger's record (hash)
-- ARGV: 1 uid  2 ticket of this search  3 since when they wait in ms, or 0 for now  4 id for a pair
--       5 entries looked at in each queue  6 "1" if who was met lately is better than nobody
--       7 digests of interests, with blanks  8... queues to look into and to wait in, best first
-- Returns {"paired", pair, role, peer, peer's server, shared} | {"waiting", since, "all" or "more"} | {"gone"}.
--@include lobby
--@include pairing
local record, uid, ticket, most = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[5])
local state, old, queues, server = unpack(redis.call('HMGET', record, 'state', 'ticket', 'queues', 'server'))
if not state then return { 'gone' } end
if state == 'paired' then
  local now = redis.call('HMGET', record, 'pair', 'role', 'peer', 'shared')
  local theirs = redis.call('HGET', at('stranger', now[3]), 'server') or ''
  return { 'paired', now[1], now[2], now[3], theirs, now[4] }
end
if state == 'waiting' then unqueue(uid, old, queues) end
local now, seen, best, oldest, second = now_ms(), 'all', nil, math.huge, nil
local since = tonumber(ARGV[3]) > 0 and math.min(tonumber(ARGV[3]), now) or now
for i = 8, #ARGV do
  -- Of all who share an interest, who waits longest; only then the language, and then anyone.
  if best and not ARGV[i]:find('^interest:') then break end
  local entries = redis.call('ZRANGE', at('queue', ARGV[i]), 0, most - 1, 'WITHSCORES')
  if #entries == 2 * most then seen = 'more' end
  for at_entry = 1, #entries, 2 do
    local who, theirs = entries[at_entry]:match('^(%S+) (%S+)$')
    local verdict = judge(uid, who, theirs, now)
    if verdict == 'dead' then redis.call('ZREM', at('queue', ARGV[i]), entries[at_entry]) end
    if verdict == 'recent' and ARGV[6] == '1' then second = second or who end
    if verdict == 'good' then
      if tonumber(entries[at_entry + 1]) < oldest then best, oldest = who, tonumber(entries[at_entry + 1]) end
      break
    end
  end
end
--@include meet
return meet(best or second)
