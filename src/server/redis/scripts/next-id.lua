-- Included by the scripts that write to a room: its one clock, which messages and changes share.
-- KEYS, ARGV: none of its own. `log` is the room's sorted set, `meta` its hash; `at` a moment in seconds that
-- is to be the place instead of now, if it is earlier.
-- Returns the id of the next event, which is remembered, and of the last one, both as `seconds.microseconds`.
local function next_id(log, meta, at)
  local function number(id)
    local seconds, micros = id:match('^(%d+)%.(%d+)$')
    return seconds * 1000000 + micros
  end
  local function text(us)
    return string.format('%d.%06d', math.floor(us / 1000000), us % 1000000)
  end
  local known, ahead, settled = unpack(redis.call('HMGET', meta, 'last', 'ahead', 'settled'))
  local last = number(known or '0.000000')
  -- Servers of other kinds write to the log without knowing of our meta; where the bridge is at work, that is no
  -- message yet. From the year 2223 on it is no time, and more than a number can count in microseconds.
  local top = not settled and redis.call('ZRANGE', log, '(8000000000', 0,
    'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')[2]
  if top then last = math.max(last, math.floor(top * 1000000 + 0.5)) end
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  -- What the clock said when the last id was given: the id itself, unless ids are ahead of the clock.
  local of, said = (ahead or ''):match('^(%S+) (%S+)$')
  local clock = of == text(last) and number(said) or last
  -- Ids never go back. Ahead of the clock they pass at half its pace until it has caught up, so that an id that
  -- was lost with the end of the log is not given again while time goes on. Where the clock was set back, they
  -- jump by a part of a second that does not come twice.
  local id = last + 1 + time[2]
  if now >= clock then id = math.max(now, last + 1, last + math.floor((now - clock) / 2)) end
  if at then id = math.min(id, math.max(last + 1, math.floor(at * 1000000 + 0.5))) end
  redis.call('HSET', meta, 'last', text(id))
  if id > now then redis.call('HSET', meta, 'ahead', text(id) .. ' ' .. text(now)) end
  return text(id), text(last)
end
