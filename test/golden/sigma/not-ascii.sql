WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_cs_uri_query` != '', [`f_cs_uri_query`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- cs-uri-query
  arrayMap(v -> lower(v), f1) AS f1_lower,
  multiIf(`f_cs_username` != '', [`f_cs_username`], has(present, {p7:String}) AND NOT has(null_keys, {p7:String}), flat_texts({p8:String}), []) AS f2, -- cs-username
  arrayMap(v -> lower(v), f2) AS f2_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  arrayExists(t -> lowerUTF8(t) = {p12:String}, categories)
  AND (
    -- what columns alone can say, so that most rows are not read whole
    (
      `f_cs_uri_query` = ''
      OR position(lower(`f_cs_uri_query`), {p5:String}) > 0
      OR multiSearchAny(translateUTF8(lower(`f_cs_uri_query`), {p3:String}, {p4:String}), {p6:Array(String)})
    )
    AND (
      `f_cs_username` = ''
      OR translateUTF8(lower(`f_cs_username`), {p9:String}, {p10:String}) = {p11:String}
    )
  )
  AND (
    -- selection
    arrayExists(
      v -> position(v, {p5:String}) > 0
        OR multiSearchAny(translateUTF8(v, {p3:String}, {p4:String}), {p6:Array(String)}),
      f1_lower
    )
    AND arrayExists(v -> translateUTF8(v, {p9:String}, {p10:String}) = {p11:String}, f2_lower)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'cs-uri-query'
--   p2 = '"cs-uri-query":'
--   p3 = 'ΑΗΘϴΝỐỰ'
--   p4 = 'αηθθνốự'
--   p5 = '重要'
--   p6 = ['sự cố', 'αθηνα']
--   p7 = 'cs-username'
--   p8 = '"cs-username":'
--   p9 = 'ĐẶ'
--   p10 = 'đặ'
--   p11 = 'đặng'
--   p12 = 'webserver'
