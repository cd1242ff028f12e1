#!lua
-- Stores a message and tells everyone, in one step: stored before? member? next id, store, remember, publish.
-- KEYS: 1 room log (zset; also the room's channel)  2 room meta (hash)  3 room members (hash)  4 retry record (string)
-- ARGV: 1 user id  2 room id  3 digest of the text  4 seconds to keep the retry record
--       5, 6, 7 the message's JSON: up to the date, from there to the id, from there to the end
--       8 id of the message it answers, or ""  9 read positions (hash): who says something has read what is there
--       10 mutes (hash)  11 who blocks the other in a chat of two (set)
--       12 id of this server where servers of other kinds are told, else ""  13 what they are told of a new chat, or ""
-- Returns {"stored", id} | {"not-member"} | {"cid-reused"} | {"archived"} | {"read-only"} | {"nothing-to-answer"}
--       | {"blocked"} | {"muted", until}.
local log, meta, members, sent = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local user, room, digest = ARGV[1], ARGV[2], ARGV[3]
-- First of all: who was a member when it was stored, and did not hear so, is told now; nothing is published.
local before = redis.call('GET', sent)
local place, same = (before or ''):match('^(%S+) (%S+)$')
if before and same == digest then return { 'stored', place } end
local role = redis.call('HGET', members, user)
if not role or role == 'gone' then return { 'not-member' } end
if before then return { 'cid-reused' } end
local archived, posting, unseen = unpack(redis.call('HMGET', meta, 'archived', 'posting', 'unseen'))
if archived then return { 'archived' } end
--@include hindrance
local hindered = hindrance(ARGV[10], ARGV[11], user, role)
if hindered then return hindered end
if posting == 'moderators' and role ~= 'moderator' then return { 'read-only' } end
if ARGV[8] ~= '' and redis.call('ZCOUNT', log, ARGV[8], ARGV[8]) == 0 then return { 'nothing-to-answer' } end
--@include next-id
--@include reveal-chat
local id, prev = next_id(log, meta)
local message = ARGV[5] .. id:match('^%d+') .. ARGV[6] .. id .. ARGV[7]
redis.call('ZADD', log, id, message)
redis.call('HSET', ARGV[9], user, id)
redis.call('SET', sent, id .. ' ' .. digest, 'EX', ARGV[4])
--@include call-bots
call_bots(meta, members, room, user, id, ARGV[7])
redis.call('SPUBLISH', log, '{"type":"message","room":"' .. room .. '","id":"' .. id
  .. '","prev":"' .. prev .. '","data":' .. message .. '}')
--@include tell-others
if unseen then reveal(meta, members, room) end
return { 'stored', id }
