#!lua flags=no-writes
-- Counts what a person has not read in a room: messages of others that are not deleted. Nothing of it is kept anywhere.
-- KEYS: 1 room log (zset)  2 read positions (hash)
-- ARGV: 1 user id  2 most that are counted  3 how many are read at a time  4 whom the person blocks (zset)
--       5 last place that counts, or "+inf"  6 user (hash)  7 room meta (hash)
-- Returns {position read up to, unread, of these that mean the person}.
local log, reads = KEYS[1], KEYS[2]
local user, most, step = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local read = redis.call('HGET', reads, user) or '0.000000'
-- A program leaves nothing unread.
if redis.call('HGET', ARGV[6], 'role') == 'bot' then return { read, 0, 0 } end
local own, unread, mentions, from = '{"from":' .. user .. ',', 0, 0, '(' .. read
-- Where the bridge is at work, what has no id yet is no message.
local settled = redis.call('HEXISTS', ARGV[7], 'settled') == 1
local function is_said(message) return not settled or message:find(',"id":"', 1, true) end
while unread < most do
  local found = redis.call('ZRANGE', log, from, ARGV[5], 'BYSCORE', 'LIMIT', 0, step, 'WITHSCORES')
  for at = 1, #found, 2 do
    local message = found[at]
    -- A quote in a text is escaped, so these can only be fields.
    local isOthers = message:sub(1, #own) ~= own and is_said(message)
    if isOthers and not message:find(',"deleted":"', 1, true) and unread < most then
      unread = unread + 1
      local named = message:match(',"mentions":%[([%d,]+)%]') or ''
      local isMeant = (',' .. named .. ','):find(',' .. user .. ',', 1, true)
      if isMeant or message:find(',"calls":"', 1, true) then
        local author = message:match('^{"from":(%d+),')
        local isBlocked = author and redis.call('ZSCORE', ARGV[4], author)
        if not isBlocked then mentions = mentions + 1 end
      end
    end
  end
  if #found < 2 * step then break end
  from = '(' .. found[#found]
end
return { read, unread, mentions }
