#!lua
-- Keeps, for a report, what a ban of the reported one's network needs, and the salt as long as that.
-- KEYS: 1 the trace (string)  2 the salt of its day (string)
-- ARGV: 1 day and digest of the network  2 ms it is kept
-- Returns "kept", or "gone" if the salt is deleted already.
--@include lobby
if redis.call('EXISTS', KEYS[2]) == 0 then return 'gone' end
redis.call('PEXPIRE', KEYS[2], ARGV[2], 'GT')
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'kept'
