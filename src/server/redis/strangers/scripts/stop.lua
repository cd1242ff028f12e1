#!lua
-- A stranger stops looking.
-- KEYS: 1 the stranger's record (hash)
-- ARGV: 1 uid  2 epoch: who has come back elsewhere meanwhile is left alone
-- Returns {"idle"}, {"paired", pair} or {"gone"}.
--@include lobby
local state, ticket, queues, epoch, pair = unpack(
  redis.call('HMGET', KEYS[1], 'state', 'ticket', 'queues', 'epoch', 'pair'))
if not state or epoch ~= ARGV[2] then return { 'gone' } end
if state == 'paired' then return { 'paired', pair } end
if state == 'waiting' then unqueue(ARGV[1], ticket, queues) end
redis.call('HDEL', KEYS[1], 'ticket', 'queues', 'since', 'interests')
redis.call('HSET', KEYS[1], 'state', 'idle')
redis.call('PEXPIRE', KEYS[1], THERE_MS)
return { 'idle' }
