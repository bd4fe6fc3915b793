WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_DestinationIp` != '', [`f_DestinationIp`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- DestinationIp
  v -> isIPv6String(v) AND position(v, ':::') = 0 AND (position(v, '.') = 0 OR isIPv4String(substringIndex(v, ':', -1))) AS is_ipv6,
  if(has(present, {p5:String}), flat_texts({p6:String}), []) AS f2 -- src_ip
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  arrayExists(t -> lowerUTF8(t) = {p8:String}, categories)
  AND (
    -- selection
    arrayExists(
      v -> (isIPv4String(v) AND isIPAddressInRange(if(isIPv4String(v), v, '0.0.0.0'), {p3:String}))
        OR (is_ipv6(v) AND isIPAddressInRange(if(is_ipv6(v), v, '::'), {p4:String})),
      f1
    )
  )
  AND NOT (
    -- other
    arrayExists(v -> (isIPv4String(v) AND isIPAddressInRange(if(isIPv4String(v), v, '0.0.0.0'), {p7:String})), f2)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'DestinationIp'
--   p2 = '"DestinationIp":'
--   p3 = '10.0.0.0/8'
--   p4 = 'fd00:0:0:0:0:0:0:0/8'
--   p5 = 'src_ip'
--   p6 = '"src_ip":'
--   p7 = '192.168.1.0/24'
--   p8 = 'firewall'
