-- Included by the scripts that move people: a person is online while any server has them.
-- KEYS, ARGV: none of its own. `here` are the people of one server; `counts`, `online` and `time` as in those scripts.
-- Returns nothing: `tell` publishes who came and went.
local came, went = {}, {}
local function leave(user)
  if redis.call('SREM', here, user) == 0 then return end
  if redis.call('HINCRBY', counts, user, -1) > 0 then return end
  redis.call('HDEL', counts, user)
  redis.call('HSET', counts, user .. ':seen', time[1])
  redis.call('SREM', online, user)
  went[#went + 1] = user
end
local function arrive(user)
  if redis.call('SADD', here, user) == 0 then return end
  if redis.call('HINCRBY', counts, user, 1) == 1 then
    redis.call('SADD', online, user)
    came[#came + 1] = user
  end
end
local function tell()
  if #came + #went == 0 then return end
  redis.call('SPUBLISH', online, '{"online":[' .. table.concat(came, ',')
    .. '],"offline":[' .. table.concat(went, ',') .. ']}')
end
