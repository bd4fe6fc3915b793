WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_cs_uri_query` != '', [`f_cs_uri_query`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- cs-uri-query
  arrayMap(v -> lower(v), f1) AS f1_lower,
  multiIf(`f_cs_username` != '', [`f_cs_username`], has(present, {p11:String}) AND NOT has(null_keys, {p11:String}), flat_texts({p12:String}), []) AS f2, -- cs-username
  arrayMap(v -> lower(v), f2) AS f2_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  arrayExists(t -> lowerUTF8(t) = {p16:String}, categories)
  AND (
    -- selection
    arrayExists(
      v -> position(v, {p9:String}) > 0
        OR multiSearchAny(translateUTF8(v, {p7:String}, {p8:String}), {p10:Array(String)}),
      f1_lower
    )
    AND arrayExists(v -> translateUTF8(v, {p13:String}, {p14:String}) = {p15:String}, f2_lower)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'cs-uri-query'
--   p2 = '"cs-uri-query":'
--   p3 = 'ỐỰ'
--   p4 = 'ốự'
--   p5 = 'ΑΗΘϴΝ'
--   p6 = 'αηθθν'
--   p7 = 'ΑΗΘϴΝỐỰ'
--   p8 = 'αηθθνốự'
--   p9 = '重要'
--   p10 = ['sự cố', 'αθηνα']
--   p11 = 'cs-username'
--   p12 = '"cs-username":'
--   p13 = 'ĐẶ'
--   p14 = 'đặ'
--   p15 = 'đặng'
--   p16 = 'webserver'
