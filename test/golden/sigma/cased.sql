WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_cs_uri_query` != '', [`f_cs_uri_query`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- cs-uri-query
  multiIf(`f_cs_method` != '', [`f_cs_method`], has(present, {p4:String}) AND NOT has(null_keys, {p4:String}), flat_texts({p5:String}), []) AS f2 -- cs-method
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  arrayExists(t -> lowerUTF8(t) = {p7:String}, categories)
  AND (
    -- selection
    arrayExists(v -> multiSearchAny(v, {p3:Array(String)}), f1)
    AND arrayExists(v -> v = {p6:String}, f2)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'cs-uri-query'
--   p2 = '"cs-uri-query":'
--   p3 = ['UNION', 'Select']
--   p4 = 'cs-method'
--   p5 = '"cs-method":'
--   p6 = 'TRACE'
--   p7 = 'webserver'
