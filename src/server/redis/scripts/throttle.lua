#!lua
-- Takes one try of a subject at a steady rate with bursts (the generic cell rate algorithm, ITU-T I.371).
-- KEYS: 1 subject (string: when, in ms, the tries taken so far will be forgotten)
-- ARGV: 1 tries that may come at once  2 ms after which one more is allowed
-- Returns 0 if allowed, else ms to wait; a refused try costs nothing.
local subject, burst, every = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A clock that was set back must not lock anybody out for longer than a whole burst.
local free = math.min(tonumber(redis.call('GET', subject) or 0), now + burst * every)
local wait = free - (burst - 1) * every - now
if wait > 0 then return wait end
free = math.max(free, now) + every
redis.call('SET', subject, string.format('%d', free), 'PX', math.max(1, free - now))
return 0
