WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_CommandLine` != '', [`f_CommandLine`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- CommandLine
  arrayMap(v -> lower(v), f1) AS f1_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p4:String}
  AND arrayExists(t -> lowerUTF8(t) = {p5:String}, categories)
  AND (
    -- what columns alone can say, so that most rows are not read whole
    `f_CommandLine` = ''
    OR multiSearchAny(lower(`f_CommandLine`), {p3:Array(String)})
  )
  AND (
    -- selection
    arrayExists(v -> multiSearchAny(v, {p3:Array(String)}), f1_lower)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'CommandLine'
--   p2 = '"CommandLine":'
--   p3 = ['sqbuahyabwbragualq', 'kabgb2ag8aawblac0a', 'jag4adgbvagsazqata']
--   p4 = 'windows'
--   p5 = 'process_creation'
