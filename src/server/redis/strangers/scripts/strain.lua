#!lua
-- Adds to the strain of a stranger and of their network; too much of it is a pause, each time a longer one.
-- KEYS: 1 the stranger's strain (hash)  2 their network's (hash)
-- ARGV: 1 cost  2 skips in it  3 score and 4 skips within a minute beyond which one pauses
--       5 offences with which all of the network pauses  6... lengths of pauses in ms
-- Returns {score, skips within a minute, the network's score, its offences, ms to wait}.
--@include lobby
--@include strained
local mine, all = load(KEYS[1]), load(KEYS[2])
local function answer()
  local wait = math.max(mine.till, all.till) - now
  return { string.format('%.3f', mine.score), #mine.skips, string.format('%.3f', all.score), all.offences,
    string.format('%d', math.max(0, wait)) }
end
if mine.till > now or all.till > now then return answer() end
mine.score, all.score = mine.score + ARGV[1], all.score + ARGV[1]
-- One more than is too many says all.
local most = ARGV[4] + 1
for _ = 1, math.min(tonumber(ARGV[2]), most) do mine.skips[#mine.skips + 1] = string.format('%d', now) end
while #mine.skips > most do table.remove(mine.skips, 1) end
local function length(offence) return ARGV[5 + math.min(offence, #ARGV - 5)] end
if mine.score > tonumber(ARGV[3]) and #mine.skips == most then
  mine.offences, all.offences = mine.offences + 1, all.offences + 1
  mine.till, mine.skips = now + length(mine.offences), {}
  local beyond = all.offences - ARGV[5]
  -- The first pause of all is the second in length: one alone has been through the shortest.
  if beyond >= 0 then all.till = now + length(beyond + 2) end
end
keep(KEYS[1], mine)
keep(KEYS[2], all)
return answer()
