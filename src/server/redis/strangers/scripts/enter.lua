#!lua
-- Lets a stranger in: somebody new, or one who comes back with the token of a tab.
-- KEYS: 1 the stranger's record (hash)
-- ARGV: 1 uid  2 digest of the token shown, or ""  3 digest of the next token  4 server
-- Returns {"new"} | {"back", epoch, pair or "", role, peer, peer's server, shared, started} | {"unknown"}.
--@include lobby
local record, uid, shown = KEYS[1], ARGV[1], ARGV[2]
if shown == '' then
  redis.call('HSET', record, 'state', 'idle', 'token', ARGV[3], 'before', '', 'server', ARGV[4], 'epoch', 0)
  redis.call('PEXPIRE', record, THERE_MS)
  return { 'new' }
end
local was = redis.call('HMGET', record, 'state', 'token', 'before', 'server', 'ticket', 'queues')
-- The token before the last works too, until the last was used: its answer may never have arrived.
if not was[1] or (shown ~= was[2] and shown ~= was[3]) then return { 'unknown' } end
local epoch = redis.call('HINCRBY', record, 'epoch', 1)
redis.call('HSET', record, 'token', ARGV[3], 'before', shown, 'server', ARGV[4], 'ready', 0)
redis.call('PEXPIRE', record, THERE_MS)
tell(was[4], 'superseded', uid, epoch)
if was[1] == 'waiting' then
  unqueue(uid, was[5], was[6])
  redis.call('HDEL', record, 'ticket', 'queues', 'since', 'interests')
  redis.call('HSET', record, 'state', 'idle')
end
if was[1] ~= 'paired' then return { 'back', epoch, '' } end
local pair, role, peer, shared, started = unpack(
  redis.call('HMGET', record, 'pair', 'role', 'peer', 'shared', 'started'))
local theirs = redis.call('HGET', at('stranger', peer), 'server') or ''
return { 'back', epoch, pair, role, peer, theirs, shared, started }
