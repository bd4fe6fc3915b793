WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_EventID` != '', [`f_EventID`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- EventID
  arrayMap(v -> lower(v), f1) AS f1_lower,
  multiIf(`f_ServiceName` != '', [`f_ServiceName`], has(present, {p4:String}) AND NOT has(null_keys, {p4:String}), flat_texts({p5:String}), []) AS f2, -- ServiceName
  arrayMap(v -> lower(v), f2) AS f2_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p7:String}
  AND arrayExists(t -> lowerUTF8(t) = {p8:String}, services)
  AND (
    -- what columns alone can say, so that most rows are not read whole
    `f_EventID` = ''
    OR lower(`f_EventID`) = {p3:String}
  )
  AND (
    -- selection
    arrayExists(v -> v = {p3:String}, f1_lower)
  )
  AND NOT (arrayExists(v -> startsWith(v, {p6:String}), f2_lower))
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'EventID'
--   p2 = '"EventID":'
--   p3 = '7045'
--   p4 = 'ServiceName'
--   p5 = '"ServiceName":'
--   p6 = 'deploy-'
--   p7 = 'windows'
--   p8 = 'system'
