/**
 * A slice is a sorted set without scores: entries `<group> <writing as JSON>`, and one marker before them all: `!w<run>`,
 * the slice is whole, or `!x<run>`, it is too large. The marker lies in the key itself, so that whatever is lost is lost
 * with it; the run id in it is that of the server, because a restart may lose the last second.
 *
 * The epoch is a random word that ends with every loss a slice's marker cannot tell of: Redis emptied, a slice dropped
 * for want of room. What was read from the store under an older epoch may lack what was added meanwhile.
 */
const openSlice = `
local epoch = redis.call('GET', KEYS[2])
if not epoch then
  epoch = ARGV[2]
  redis.call('SET', KEYS[2], epoch)
end
local marker = redis.call('ZRANGEBYLEX', KEYS[1], '[!', '["', 'LIMIT', 0, 1)[1]
local whole = '!w' .. ARGV[1]
local large = '!x' .. ARGV[1]
local function grown()
  if redis.call('ZCARD', KEYS[1]) - 1 <= tonumber(ARGV[4]) then return false end
  redis.call('DEL', KEYS[1])
  redis.call('ZADD', KEYS[1], 0, large)
  return true
end
local function used()
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  local now = redis.call('TIME')
  redis.call('ZADD', KEYS[3], tonumber(now[1]) + tonumber(now[2]) / 1000000, KEYS[1])
  if redis.call('ZCARD', KEYS[3]) > tonumber(ARGV[5]) then
    local oldest = redis.call('ZPOPMIN', KEYS[3])
    if redis.call('DEL', oldest[1]) > 0 then redis.call('SET', KEYS[2], ARGV[2]) end
  end
end
`;

/**
 * KEYS    1 slice · 2 epoch · 3 slices by last use
 * ARGV    1 run id · 2 epoch to use if one begins · 3 idle ms · 4 members at most · 5 slices at most
 *         6 number of entries to add · 7… entries, then groups asked for
 * returns {'whole', entries…} · {'missing', epoch} · {'too-large'}
 */
export const exchangeScript: string = `${openSlice}
if marker ~= whole and marker ~= large then
  redis.call('DEL', KEYS[1])
  return {'missing', epoch}
end
local adds = tonumber(ARGV[6])
if marker == whole then
  for i = 7, 6 + adds do redis.call('ZADD', KEYS[1], 0, ARGV[i]) end
  if grown() then marker = large end
end
used()
if marker == large then return {'too-large'} end
local found = {'whole'}
for i = 7 + adds, #ARGV do
  local entries = redis.call('ZRANGEBYLEX', KEYS[1], '[' .. ARGV[i] .. ' ', '(' .. ARGV[i] .. '!')
  for e = 1, #entries do found[#found + 1] = entries[e] end
end
return found
`;

/**
 * KEYS    1 slice · 2 epoch · 3 slices by last use · 4 entries read from the store, a sorted set; gone afterwards
 * ARGV    1 run id · 2 epoch to use if one begins · 3 idle ms · 4 members at most · 5 slices at most
 *         6 epoch of the ticket · 7 entries put aside, -1: too many
 * returns 1 · 0 when something was lost since the ticket
 */
export const fillScript: string = `${openSlice}
local aside = tonumber(ARGV[7])
if epoch ~= ARGV[6] or (aside > 0 and redis.call('ZCARD', KEYS[4]) ~= aside) then
  redis.call('DEL', KEYS[4])
  return 0
end
if marker ~= large and aside < 0 then
  redis.call('DEL', KEYS[1])
  redis.call('ZADD', KEYS[1], 0, large)
elseif marker ~= large then
  if marker ~= whole then redis.call('DEL', KEYS[1]) end
  redis.call('ZUNIONSTORE', KEYS[1], 2, KEYS[1], KEYS[4], 'AGGREGATE', 'MAX')
  redis.call('ZADD', KEYS[1], 0, whole)
  grown()
end
redis.call('DEL', KEYS[4])
used()
return 1
`;
