WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_User` != '', [`f_User`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- User
  arrayMap(v -> lower(v), f1) AS f1_lower,
  multiIf(`f_Computer` != '', [`f_Computer`], has(present, {p5:String}) AND NOT has(null_keys, {p5:String}), flat_texts({p6:String}), []) AS f2 -- Computer
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p7:String}
  AND arrayExists(t -> lowerUTF8(t) = {p8:String}, categories)
  AND (
    (
      -- selection
      arrayExists(v -> v IN {p3:Array(String)}, f1_lower)
    )
    OR (
      -- nobody
      NOT notEmpty(f1)
    )
    OR (
      -- blank
      arrayExists(v -> v = {p4:String}, f1_lower)
    )
  )
  AND (
    -- filled
    notEmpty(f2)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'User'
--   p2 = '"User":'
--   p3 = ['administrator', 'root']
--   p4 = ''
--   p5 = 'Computer'
--   p6 = '"Computer":'
--   p7 = 'windows'
--   p8 = 'process_creation'
