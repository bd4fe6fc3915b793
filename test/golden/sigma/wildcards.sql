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
  lowerUTF8(product) = {p6:String}
  AND arrayExists(t -> lowerUTF8(t) = {p7:String}, categories)
  AND (
    -- what columns alone can say, so that most rows are not read whole
    `f_CommandLine` = ''
    OR lower(`f_CommandLine`) IN {p4:Array(String)}
    OR position(lower(`f_CommandLine`), {p5:String}) > 0
    OR lower(`f_CommandLine`) LIKE {p3:String}
  )
  AND (
    -- selection
    arrayExists(
      v -> v IN {p4:Array(String)}
        OR position(v, {p5:String}) > 0
        OR v LIKE {p3:String},
      f1_lower
    )
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'CommandLine'
--   p2 = '"CommandLine":'
--   p3 = 'net_.exe %user% /add'
--   p4 = ['echo *done*', '100%_sure?']
--   p5 = '\\temp\\'
--   p6 = 'windows'
--   p7 = 'process_creation'
