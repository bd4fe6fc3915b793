WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  multiIf(`f_Image` != '', [`f_Image`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- Image
  arrayMap(v -> lower(v), f1) AS f1_lower,
  multiIf(`f_ParentImage` != '', [`f_ParentImage`], has(present, {p5:String}) AND NOT has(null_keys, {p5:String}), flat_texts({p6:String}), []) AS f2, -- ParentImage
  arrayMap(v -> lower(v), f2) AS f2_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p8:String}
  AND arrayExists(t -> lowerUTF8(t) = {p9:String}, categories)
  AND (
    -- what columns alone can say, so that most rows are not read whole
    (
      `f_Image` = ''
      OR endsWith(lower(`f_Image`), {p3:String})
      OR endsWith(lower(`f_Image`), {p4:String})
    )
    AND (
      `f_ParentImage` = ''
      OR startsWith(lower(`f_ParentImage`), {p7:String})
    )
  )
  AND (
    -- selection
    arrayExists(
      v -> endsWith(v, {p3:String})
        OR endsWith(v, {p4:String}),
      f1_lower
    )
    AND arrayExists(v -> startsWith(v, {p7:String}), f2_lower)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'Image'
--   p2 = '"Image":'
--   p3 = '\\cmd.exe'
--   p4 = '\\powershell.exe'
--   p5 = 'ParentImage'
--   p6 = '"ParentImage":'
--   p7 = 'c:\\users\\'
--   p8 = 'windows'
--   p9 = 'process_creation'
