WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  arrayMap(t -> text_of(t), arrayFilter(t -> NOT (endsWith(t, '":') OR t IN ('{', '}', '[', ']', 'null')), tokens)) AS leaves, -- every value
  arrayMap(v -> lower(v), leaves) AS leaves_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p3:String}
  AND (
    -- keywords
    arrayExists(v -> position(v, {p1:String}) > 0, leaves_lower)
    AND arrayExists(v -> position(v, {p2:String}) > 0, leaves_lower)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'sudo'
--   p2 = 'nopasswd'
--   p3 = 'linux'
