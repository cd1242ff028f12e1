-- Included by the script that stores a message: tells servers of other kinds in the same step, so that each hears once.
-- KEYS: none of its own. ARGV: 12 id of this server, or ''  13 what is told of a chat that nobody saw before, or ''
-- Returns nothing.
if (ARGV[12] or '') ~= '' then
  if unseen and ARGV[13] ~= '' then redis.call('PUBLISH', 'MESSAGES', ARGV[13]) end
  redis.call('PUBLISH', 'MESSAGES',
    '{"serverId":"' .. ARGV[12] .. '","type":"message","data":' .. message .. '}')
end
