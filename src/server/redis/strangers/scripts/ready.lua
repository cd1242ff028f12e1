#!lua
-- One side's server hears the pair's channel; when both do, both are told that the chat is open.
-- KEYS: 1 the stranger's record (hash)
-- ARGV: 1 uid  2 pair  3 epoch  4 "1" to begin anew, because something may have been missed
-- Returns {"open" or "first", the side's epoch, the other's} | {"alone", the side's epoch}
--       | {"ended"} | {"superseded"}.
--@include lobby
local record, uid, pair = KEYS[1], ARGV[1], ARGV[2]
local mine, peer, server, epoch = unpack(redis.call('HMGET', record, 'pair', 'peer', 'server', 'epoch'))
if mine ~= pair then return { 'ended' } end
if epoch ~= ARGV[3] then return { 'superseded' } end
if ARGV[4] == '1' then epoch = redis.call('HINCRBY', record, 'epoch', 1) end
redis.call('HSET', record, 'ready', 1)
local theirs = redis.call('HMGET', at('stranger', peer), 'pair', 'ready', 'server', 'epoch')
if theirs[1] ~= pair then return { 'alone', tonumber(epoch) } end
if theirs[2] ~= '1' then return { 'first', tonumber(epoch), tonumber(theirs[4]) } end
redis.call('HSET', record, 'opened', 1)
redis.call('HSET', at('stranger', peer), 'opened', 1)
local sum = epoch + theirs[4]
tell(server, 'open', uid, pair, sum, theirs[3], theirs[4])
tell(theirs[3], 'open', peer, pair, sum, server, epoch)
return { 'open', tonumber(epoch), tonumber(theirs[4]) }
