#!lua
-- Closes the entry of a reported message; nothing of it is left after a while.
-- KEYS: 1 open entries (zset)  2 closed ones (zset)  3 the entry (hash)  4 who reported (hash)
-- ARGV: 1 id of the entry  2 verdict  3 who decides  4 seconds it is kept  5 what the keys of reports begin with
-- Returns "done", "decided" (it was not open) or "not-found".
local open, closed, entry, reporters = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, verdict, by, keep = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local room, message = unpack(redis.call('HMGET', entry, 'room', 'message'))
if not room then return 'not-found' end
if not redis.call('ZSCORE', open, id) then return 'decided' end
local now = tonumber(redis.call('TIME')[1])
redis.call('HSET', entry, 'verdict', verdict, 'by', by, 'date', now)
redis.call('ZREM', open, id)
redis.call('ZADD', closed, now, id)
redis.call('ZREMRANGEBYSCORE', closed, '-inf', now - keep)
local of = ARGV[5] .. 'of:' .. room .. ':' .. message
for _, key in ipairs({ of, entry, reporters }) do redis.call('EXPIRE', key, keep) end
return 'done'
