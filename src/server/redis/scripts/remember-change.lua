-- Included by the script that changes messages: remembers that one was changed, for those who come back.
-- KEYS: none of its own. ARGV: 8 changes to keep. Only places, never texts: what was deleted is nowhere any more.
-- Returns nothing.
redis.call('ZADD', changes, id, id .. ' ' .. message .. ' ' .. kind)
local extra = redis.call('ZCARD', changes) - ARGV[8]
if extra > 0 then
  local cut = redis.call('ZRANGE', changes, 0, extra - 1)
  redis.call('HSET', meta, 'floor', cut[#cut]:match('^%S+'))
  redis.call('ZREMRANGEBYRANK', changes, 0, extra - 1)
end
