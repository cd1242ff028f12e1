-- Included by the scripts that bring two people together: whether one of them blocks the other.
-- KEYS, ARGV: none of its own.
-- Returns true or false.
local function is_blocked(one, two)
  local function blocks(by, user) return redis.call('ZSCORE', '{user:' .. by .. '}:blocks', user) end
  return (blocks(one, two) or blocks(two, one)) and true or false
end
