#!lua
-- Adds what somebody reports of a message to the entry of that message; opens one, or opens it again.
-- KEYS: 1 entry of the message (string)  2 open entries (zset)  3 closed ones (zset)  4 last id of an entry (string)
-- ARGV: 1 who reports  2 room id  3 message id  4 who said it  5 the report's JSON, up to its date
--       6 what the keys of reports begin with
-- Returns {"known" or "new", the report's JSON}.
local of, open, closed, total = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local by, prefix = ARGV[1], ARGV[6]
local now = redis.call('TIME')[1]
local id = redis.call('GET', of)
if not id then
  id = redis.call('INCR', total)
  redis.call('SET', of, id)
  redis.call('HSET', prefix .. 'entry:' .. id, 'room', ARGV[2], 'message', ARGV[3], 'from', ARGV[4])
end
local entry, reporters = prefix .. 'entry:' .. id, prefix .. 'by:' .. id
local known = redis.call('HGET', reporters, by)
if known then return { 'known', known } end
-- Decided entries are forgotten after a while, open ones are not.
for _, key in ipairs({ of, entry, reporters }) do redis.call('PERSIST', key) end
redis.call('ZREM', closed, id)
redis.call('ZADD', open, id, id)
local report = ARGV[5] .. now .. '}'
redis.call('HSET', reporters, by, report)
return { 'new', report }
