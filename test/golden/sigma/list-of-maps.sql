WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_Image` != '', [`f_Image`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- Image
  arrayMap(v -> lower(v), f1) AS f1_lower,
  multiIf(`f_CommandLine` != '', [`f_CommandLine`], has(present, {p4:String}) AND NOT has(null_keys, {p4:String}), flat_texts({p5:String}), []) AS f2, -- CommandLine
  arrayMap(v -> lower(v), f2) AS f2_lower,
  multiIf(`f_OriginalFileName` != '', [`f_OriginalFileName`], has(present, {p7:String}) AND NOT has(null_keys, {p7:String}), flat_texts({p8:String}), []) AS f3, -- OriginalFileName
  arrayMap(v -> lower(v), f3) AS f3_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p12:String}
  AND arrayExists(t -> lowerUTF8(t) = {p13:String}, categories)
  AND (
    -- what columns alone can say, so that most rows are not read whole
    (
      (
        `f_Image` = ''
        OR endsWith(lower(`f_Image`), {p3:String})
      )
      AND (
        `f_CommandLine` = ''
        OR position(lower(`f_CommandLine`), {p6:String}) > 0
      )
    )
    OR (
      (
        `f_OriginalFileName` = ''
        OR lower(`f_OriginalFileName`) = {p9:String}
      )
      AND (
        `f_CommandLine` = ''
        OR position(lower(`f_CommandLine`), {p10:String}) > 0
      )
      AND (
        `f_CommandLine` = ''
        OR position(lower(`f_CommandLine`), {p11:String}) > 0
      )
    )
  )
  AND (
    -- selection
    (
      arrayExists(v -> endsWith(v, {p3:String}), f1_lower)
      AND arrayExists(v -> position(v, {p6:String}) > 0, f2_lower)
    )
    OR (
      arrayExists(v -> v = {p9:String}, f3_lower)
      AND arrayExists(v -> position(v, {p10:String}) > 0, f2_lower)
      AND arrayExists(v -> position(v, {p11:String}) > 0, f2_lower)
    )
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'Image'
--   p2 = '"Image":'
--   p3 = '\\rundll32.exe'
--   p4 = 'CommandLine'
--   p5 = '"CommandLine":'
--   p6 = 'javascript'
--   p7 = 'OriginalFileName'
--   p8 = '"OriginalFileName":'
--   p9 = 'rundll32.exe'
--   p10 = 'http'
--   p11 = '.dll'
--   p12 = 'windows'
--   p13 = 'process_creation'
