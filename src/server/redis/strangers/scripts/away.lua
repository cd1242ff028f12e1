#!lua
-- A stranger's connection is lost; their partner's server is told, and gives them time.
-- KEYS: 1 the stranger's record (hash)
-- ARGV: 1 uid  2 pair  3 epoch
-- Returns "told", or "over" if the pair has ended or they are back.
--@include lobby
local pair, peer, epoch = unpack(redis.call('HMGET', KEYS[1], 'pair', 'peer', 'epoch'))
if pair ~= ARGV[2] or epoch ~= ARGV[3] then return 'over' end
redis.call('HSET', KEYS[1], 'ready', 0)
local theirs, server = unpack(redis.call('HMGET', at('stranger', peer), 'pair', 'server'))
if theirs == pair then tell(server, 'away', peer, pair, epoch) end
return 'told'
