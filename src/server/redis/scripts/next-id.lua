-- Included by the scripts that write to a room: its one clock, which messages and changes share.
-- KEYS, ARGV: none of its own. `log` is the room's sorted set, `meta` its hash.
-- Returns the id of the next event, and of the last one, both as `seconds.microseconds`.
local function next_id(log, meta)
  local seconds, micros = (redis.call('HGET', meta, 'last') or '0.000000'):match('^(%d+)%.(%d+)$')
  local last = seconds * 1000000 + micros
  -- Servers of other kinds write to the log without knowing of our meta. From the year 2223 on it is no
  -- time, and more than a number can count in microseconds.
  local top = redis.call('ZRANGE', log, '(8000000000', 0,
    'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES')[2]
  if top then last = math.max(last, math.floor(top * 1000000 + 0.5)) end
  local now = redis.call('TIME')
  -- The clock may stand still or be set back; ids never do.
  local id = math.max(now[1] * 1000000 + now[2], last + 1)
  local function text(us)
    return string.format('%d.%06d', math.floor(us / 1000000), us % 1000000)
  end
  return text(id), text(last)
end
