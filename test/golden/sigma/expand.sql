WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_Computer` != '', [`f_Computer`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- Computer
  arrayMap(v -> lower(v), f1) AS f1_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p4:String}
  AND arrayExists(t -> lowerUTF8(t) = {p5:String}, services)
  AND (
    -- what columns alone can say, so that most rows are not read whole
    `f_Computer` = ''
    OR lower(`f_Computer`) IN {p3:Array(String)}
  )
  AND (
    -- selection
    arrayExists(v -> v IN {p3:Array(String)}, f1_lower)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'Computer'
--   p2 = '"Computer":'
--   p3 = ['dc01', 'dc02.tinh.vn']
--   p4 = 'windows'
--   p5 = 'security'
