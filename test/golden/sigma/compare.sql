WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  if(has(present, {p1:String}), flat_texts({p2:String}), []) AS f1, -- sc-bytes
  v -> toFloat64OrNull(if(length(v) <= 400 AND match(v, '^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?\\z'), v, '')) AS number_of,
  arrayMap(v -> number_of(v), f1) AS f1_number,
  multiIf(`f_sc_status` != '', [`f_sc_status`], has(present, {p4:String}) AND NOT has(null_keys, {p4:String}), flat_texts({p5:String}), []) AS f2, -- sc-status
  arrayMap(v -> number_of(v), f2) AS f2_number,
  if(has(present, {p7:String}), flat_texts({p8:String}), []) AS f3, -- duration
  arrayMap(v -> number_of(v), f3) AS f3_number
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  arrayExists(t -> lowerUTF8(t) = {p10:String}, categories)
  AND (
    -- selection
    arrayExists(v -> ifNull(isFinite(v) AND v >= {p3:Float64}, 0), f1_number)
    AND arrayExists(v -> ifNull(isFinite(v) AND v < {p6:Float64}, 0), f2_number)
    AND arrayExists(v -> ifNull(isFinite(v) AND v > {p9:Float64}, 0), f3_number)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'sc-bytes'
--   p2 = '"sc-bytes":'
--   p3 = 1000000
--   p4 = 'sc-status'
--   p5 = '"sc-status":'
--   p6 = 300
--   p7 = 'duration'
--   p8 = '"duration":'
--   p9 = 2.5
--   p10 = 'webserver'
