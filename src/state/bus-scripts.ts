/**
 * Publishes to the live feed, or with no items only makes sure that the numbering exists.
 * The numbering begins anew when Redis was emptied (no head) or restarted (another run id: the last second of an
 * append-only file may be lost, and a number must never be given out twice in one epoch). A new numbering starts at
 * the server's clock in ms, so that numbers also grow across epochs and a blocked reader is woken by the next entry.
 *
 * KEYS    1 stream (entry id `<seq>-0`, fields e = epoch, m = message JSON) · 2 head, a hash {epoch, run, seq}
 * ARGV    1 run id of the server as the caller's connection knows it · 2 epoch to use if numbering begins anew
 *         3 entries to keep · 4… message JSON
 * returns {epoch, seq of the newest message as text}
 */
export const publishScript = `
local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch or redis.call('HGET', KEYS[2], 'run') ~= ARGV[1] then
  local now = redis.call('TIME')
  local millis = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
  local last = tonumber(redis.call('HGET', KEYS[2], 'seq') or '0')
  epoch = ARGV[2]
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[2], 'epoch', epoch, 'run', ARGV[1], 'seq', string.format('%.0f', math.max(last, millis)))
end
for i = 4, #ARGV do
  local seq = string.format('%.0f', redis.call('HINCRBY', KEYS[2], 'seq', 1))
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], seq .. '-0', 'e', epoch, 'm', ARGV[i])
end
return {epoch, redis.call('HGET', KEYS[2], 'seq')}
`;

/**
 * What a client that comes back has missed.
 *
 * KEYS    1 stream · 2 head
 * ARGV    1 epoch the client knows · 2 last seq it saw · 3 most entries to hand out
 * returns {status, epoch, newest seq, entries} where entries are [id, fields] and status is
 *         'ok' · 'epoch' numbering began anew · 'gap' too old, too many, or a number not given out yet
 */
export const sinceScript = `
local epoch = redis.call('HGET', KEYS[2], 'epoch') or ''
local newest = redis.call('HGET', KEYS[2], 'seq') or '0'
if epoch ~= ARGV[1] then return {'epoch', epoch, newest} end
local since = tonumber(ARGV[2])
local missed = tonumber(newest) - since
if missed == 0 then return {'ok', epoch, newest, {}} end
if missed < 0 or missed > tonumber(ARGV[3]) then return {'gap', epoch, newest} end
local entries = redis.call('XRANGE', KEYS[1], string.format('%.0f', since + 1), '+')
if #entries ~= missed then return {'gap', epoch, newest} end
return {'ok', epoch, newest, entries}
`;
