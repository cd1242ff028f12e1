#!lua
-- Puts back what a server remembers of a stranger, after Redis has lost it. Changes nothing that is there.
-- KEYS: 1 the stranger's record (hash)
-- ARGV: fields and values, in turns
-- Returns "restored" or "there".
--@include lobby
if redis.call('EXISTS', KEYS[1]) == 1 then return 'there' end
redis.call('HSET', KEYS[1], unpack(ARGV))
redis.call('PEXPIRE', KEYS[1], THERE_MS)
return 'restored'
