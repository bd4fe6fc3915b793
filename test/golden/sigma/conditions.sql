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
  multiIf(`f_ParentImage` != '', [`f_ParentImage`], has(present, {p7:String}) AND NOT has(null_keys, {p7:String}), flat_texts({p8:String}), []) AS f3, -- ParentImage
  arrayMap(v -> lower(v), f3) AS f3_lower,
  multiIf(`f_User` != '', [`f_User`], has(present, {p10:String}) AND NOT has(null_keys, {p10:String}), flat_texts({p11:String}), []) AS f4, -- User
  arrayMap(v -> lower(v), f4) AS f4_lower,
  multiIf(`f_Computer` != '', [`f_Computer`], has(present, {p13:String}) AND NOT has(null_keys, {p13:String}), flat_texts({p14:String}), []) AS f5, -- Computer
  arrayMap(v -> lower(v), f5) AS f5_lower
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p16:String}
  AND arrayExists(t -> lowerUTF8(t) = {p17:String}, categories)
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
    OR `f_Computer` = ''
    OR lower(`f_Computer`) = {p15:String}
  )
  AND (
    (
      (
        -- selection_a
        arrayExists(v -> endsWith(v, {p3:String}), f1_lower)
      )
      AND (
        -- selection_b
        arrayExists(v -> position(v, {p6:String}) > 0, f2_lower)
      )
      AND NOT (
        (
          -- filter_main
          arrayExists(v -> endsWith(v, {p9:String}), f3_lower)
        )
        OR (
          -- filter_user
          arrayExists(v -> startsWith(v, {p12:String}), f4_lower)
        )
      )
    )
    OR (
      (
        -- _private
        arrayExists(v -> v = {p15:String}, f5_lower)
      )
      AND (
        (
          -- selection_a
          arrayExists(v -> endsWith(v, {p3:String}), f1_lower)
        )
        OR NOT (
          -- selection_b
          arrayExists(v -> position(v, {p6:String}) > 0, f2_lower)
        )
      )
    )
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'Image'
--   p2 = '"Image":'
--   p3 = '\\certutil.exe'
--   p4 = 'CommandLine'
--   p5 = '"CommandLine":'
--   p6 = 'urlcache'
--   p7 = 'ParentImage'
--   p8 = '"ParentImage":'
--   p9 = '\\setup.exe'
--   p10 = 'User'
--   p11 = '"User":'
--   p12 = 'svc'
--   p13 = 'Computer'
--   p14 = '"Computer":'
--   p15 = 'lab'
--   p16 = 'windows'
--   p17 = 'process_creation'
