WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  if(has(present, {p1:String}), flat_texts({p2:String}), []) AS f1, -- userIdentity.type
  arrayMap(v -> lower(v), f1) AS f1_lower,
  if(has(present, {p4:String}), flat_texts({p5:String}), []) AS f2,
  arrayMap(v -> lower(v), f2) AS f2_lower,
  if(has(present, {p7:String}), flat_texts({p8:String}), []) AS f3 -- errorCode
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p9:String}
  AND arrayExists(t -> lowerUTF8(t) = {p10:String}, services)
  AND (
    -- selection
    arrayExists(v -> v = {p3:String}, f1_lower)
    AND arrayExists(v -> position(v, {p6:String}) > 0, f2_lower)
    AND NOT notEmpty(f3)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'userIdentity.type'
--   p2 = '"userIdentity.type":'
--   p3 = 'root'
--   p4 = 'Threat Name'
--   p5 = '"Threat Name":'
--   p6 = 'trojan'
--   p7 = 'errorCode'
--   p8 = '"errorCode":'
--   p9 = 'aws'
--   p10 = 'cloudtrail'
