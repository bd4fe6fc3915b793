WITH
  if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
  extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
  arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
  t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
  k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
  if(has(present, {p1:String}), flat_texts({p2:String}), []) AS f1, -- UtcTime
  v -> extractGroups(v, '^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?\\s?(?:(Z)|([+-])([0-9]{2}):?([0-9]{2}))?)?\\z') AS date_groups,
  (g, i) -> toInt64OrZero(g[i]) AS date_number,
  g -> makeDate32(1900 + (date_number(g, 1) + 100) % 400, date_number(g, 2), date_number(g, 3)) AS date_day,
  g -> notEmpty(g) AND date_number(g, 2) BETWEEN 1 AND 12 AND date_number(g, 3) BETWEEN 1 AND 31 AND date_number(g, 4) <= 23 AND date_number(g, 5) <= 59 AND date_number(g, 6) <= 60 AND toDayOfMonth(date_day(g)) = date_number(g, 3) AS is_date,
  g -> date_number(g, 4) * 60 + date_number(g, 5) - if(g[8] = '-', -1, 1) * (date_number(g, 9) * 60 + date_number(g, 10)) AS date_minutes,
  (a, b) -> intDiv(a - positiveModulo(a, b), b) AS floor_div,
  g -> dateDiff('day', toDate32('1900-01-01'), date_day(g)) + floor_div(date_minutes(g), 1440) AS day_number,
  g -> addDays(toDate32('1900-01-01'), positiveModulo(day_number(g), 146097)) AS date_of,
  g -> if(is_date(g), intDiv(positiveModulo(date_minutes(g), 1440), 60), NULL) AS utc_hour,
  arrayMap(v -> utc_hour(date_groups(v)), f1) AS f1_hour,
  g -> if(is_date(g), toISOWeek(date_of(g)), NULL) AS utc_week,
  arrayMap(v -> utc_week(date_groups(v)), f1) AS f1_week,
  g -> if(is_date(g), toYear(date_of(g)) + 400 * (floor_div(date_number(g, 1) - 1900, 400) + floor_div(day_number(g), 146097)), NULL) AS utc_year,
  arrayMap(v -> utc_year(date_groups(v)), f1) AS f1_year
SELECT id AS event, toUnixTimestamp64Milli(event_time) AS time_ms
FROM events
WHERE (
  lowerUTF8(product) = {p7:String}
  AND arrayExists(t -> lowerUTF8(t) = {p8:String}, services)
  AND (
    -- selection
    arrayExists(v -> ifNull(v >= {p3:Float64}, 0), f1_hour)
    AND arrayExists(
      v -> ifNull(v = {p4:Float64}, 0)
        OR ifNull(v = {p5:Float64}, 0),
      f1_week
    )
    AND arrayExists(v -> ifNull(v = {p6:Float64}, 0), f1_year)
  )
)
ORDER BY time_ms, event;
-- parameters
--   p1 = 'UtcTime'
--   p2 = '"UtcTime":'
--   p3 = 22
--   p4 = 52
--   p5 = 53
--   p6 = 2026
--   p7 = 'windows'
--   p8 = 'security'
