WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_IpAddress` != '', [`f_IpAddress`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- IpAddress
  if(has(present, {p3:String}), flat_texts({p4:String}), []) AS f2 -- WorkstationName
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p5:String}
  AND arrayExists(t -> lowerUTF8(t) = {p6:String}, services)
  AND (
    -- selection
    has(present, {p1:String})
    AND NOT has(present, {p3:String})
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'IpAddress'
--   p2 = '"IpAddress":'
--   p3 = 'WorkstationName'
--   p4 = '"WorkstationName":'
--   p5 = 'windows'
--   p6 = 'security'
