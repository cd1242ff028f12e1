-- Included by the script that stores a message: bots that it names, or that are in its private chat, are to be called.
-- KEYS, ARGV: none of its own. `fields` is the message's JSON behind its id, which holds whom it names.
-- Returns nothing; each call is in `callbacks` (zset by the ms it is due at) until it is done.
local function call_bots(meta, members, room, user, id, fields)
  local called = redis.call('SMEMBERS', 'bots:called')
  if #called == 0 then return end
  local named = ',' .. (fields:match(',"mentions":%[([%d,]+)%]') or '') .. ','
  local isPrivate = room:find(':') or redis.call('HGET', meta, 'kind') == 'private'
  local time = redis.call('TIME')
  for _, bot in ipairs(called) do
    local isMeant = bot ~= user and (isPrivate or named:find(',' .. bot .. ',', 1, true))
    -- Two programs must not talk for ever; and what nobody takes must not fill Redis.
    if isMeant and redis.call('HEXISTS', members, bot) == 1 and redis.call('ZCARD', 'callbacks') < 10000
      and redis.call('HGET', 'user:' .. user, 'role') ~= 'bot' then
      redis.call('ZADD', 'callbacks', time[1] * 1000 + math.floor(time[2] / 1000), bot .. ' ' .. room .. ' ' .. id)
    end
  end
end
