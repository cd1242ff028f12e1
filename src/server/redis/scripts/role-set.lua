#!lua
-- Makes a person an owner, an admin or a member of Klatch; who is above members moderates General.
-- KEYS: 1 who acts (hash)  2 whose role (hash)  3 owners (set)  4 members of General (hash)
-- ARGV: 1 id of who acts  2 id of the other  3 the role  4 id of General
-- Returns "done", "not-found", "not-allowed" or "last-owner".
local actor, person, owners, members = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local by, user, role, general = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local standing = redis.call('HGET', actor, 'role')
local isSteppingDown = by == user and role == 'member'
if standing ~= 'owner' and not (standing == 'admin' and isSteppingDown) then return 'not-allowed' end
local name, before, suspended = unpack(redis.call('HMGET', person, 'username', 'role', 'suspended'))
if not name then return 'not-found' end
if before == 'bot' then return 'not-allowed' end
-- Who cannot come in cannot look after anything.
if suspended and role ~= 'member' then return 'not-allowed' end
if role == (before or 'member') then return 'done' end
if before == 'owner' and redis.call('SCARD', owners) == 1 then return 'last-owner' end
redis.call('HSET', person, 'role', role)
redis.call(role == 'owner' and 'SADD' or 'SREM', owners, user)
if redis.call('HEXISTS', members, user) == 1 then
  redis.call('HSET', members, user, role == 'member' and 'member' or 'moderator')
end
redis.call('SPUBLISH', 'user:' .. user, '{"type":"rooms","room":"' .. general .. '"}')
return 'done'
