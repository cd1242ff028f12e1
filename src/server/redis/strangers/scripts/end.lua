#!lua
-- Ends a pair, once, for both; the partner's server is told why.
-- KEYS: 1 the stranger's record (hash)  2 whom they do not meet (zset)
-- ARGV: 1 uid  2 pair  3 why  4 "block", or ""
--       5 epoch of the partner that did not come back, or "": any other epoch, and it goes on
--       6 "1" if the partner's server is gone, so that its word "ready" is worth nothing
-- Returns {"ended", peer, role, peer's server} | {"back", peer's server, epoch} | {"over"}.
--@include lobby
local uid, pair, why = ARGV[1], ARGV[2], ARGV[3]
local mine, peer, role, own = unpack(redis.call('HMGET', KEYS[1], 'pair', 'peer', 'role', 'server'))
if mine ~= pair then return { 'over' } end
local theirs, server, epoch, ready = unpack(
  redis.call('HMGET', at('stranger', peer), 'pair', 'server', 'epoch', 'ready'))
if ARGV[5] ~= '' and theirs == pair and (epoch ~= ARGV[5] or (ready == '1' and ARGV[6] ~= '1')) then
  return { 'back', server, tonumber(epoch) }
end
release(uid)
if ARGV[4] == 'block' then
  redis.call('ZADD', KEYS[2], 'inf', peer)
  redis.call('PEXPIRE', KEYS[2], AVOID_MS)
end
if theirs == pair then
  release(peer)
  tell(server, 'ended', peer, pair, why)
end
-- So that one who leaves at once can still be reported, for a minute.
redis.call('HSET', at('past', pair), role, uid .. ' ' .. own, 1 - role, peer .. ' ' .. (server or ''))
redis.call('PEXPIRE', at('past', pair), PAST_MS)
count('end:' .. why)
return { 'ended', peer, tonumber(role), server or '' }
