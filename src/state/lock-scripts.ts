/**
 * KEYS    1 fence counter · 2… lock keys, all taken or none
 * ARGV    1 token of the holder · 2 time to live, ms
 * returns the fencing token as text (greater than every one before it, also across FLUSHALL: it starts from the
 *         server's microseconds) · '' when one of the keys is held by another
 */
export const acquireScript = `
for i = 2, #KEYS do
  local holder = redis.call('GET', KEYS[i])
  if holder and holder ~= ARGV[1] then return '' end
end
for i = 2, #KEYS do
  redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2])
end
local now = redis.call('TIME')
local micros = tonumber(now[1]) * 1000000 + tonumber(now[2])
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local fence = string.format('%.0f', math.max(last + 1, micros))
redis.call('SET', KEYS[1], fence)
return fence
`;

/**
 * KEYS    lock keys
 * ARGV    1 token of the holder · 2 time to live, ms
 * returns 1 every key is still the holder's, and renewed · 0 one was lost (nothing is renewed)
 */
export const renewScript = `
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) ~= ARGV[1] then return 0 end
end
for i = 1, #KEYS do
  redis.call('PEXPIRE', KEYS[i], ARGV[2])
end
return 1
`;

/**
 * KEYS    lock keys
 * ARGV    1 token of the holder
 * returns the number of keys given back; keys another holds by now are left alone
 */
export const releaseScript = `
local given = 0
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('DEL', KEYS[i])
    given = given + 1
  end
end
return given
`;
