WITH
hits AS (
  WITH
    if(position(fields, '\\ud') = 0, fields, replaceAll(replaceRegexpAll(replaceAll(fields, '\\\\', '\x01'), '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd'), '\x01', '\\\\')) AS json,
    extractAll(json, '"(?:[^"\\\\]|\\\\.)*":?|[{}\\[\\]]|[^\\[\\]{},:"]+') AS tokens,
    arrayFill(t -> endsWith(t, '":'), tokens) AS keys,
    t -> if(startsWith(t, '"'), JSONExtractString(t), t) AS text_of,
    k -> arrayMap(t -> text_of(t), arrayFilter((t, c) -> c = k AND t NOT IN (k, '[', ']', '}', 'null'), tokens, keys)) AS flat_texts,
    multiIf(`f_EventID` != '', [`f_EventID`], has(present, {p1:String}) AND NOT has(null_keys, {p1:String}), flat_texts({p2:String}), []) AS f1, -- EventID
    arrayMap(v -> lower(v), f1) AS f1_lower,
    (
      lowerUTF8(product) = {p4:String}
      AND arrayExists(t -> lowerUTF8(t) = {p5:String}, services)
      AND (
        -- what columns alone can say, so that most rows are not read whole
        `f_EventID` = ''
        OR lower(`f_EventID`) = {p3:String}
      )
      AND (
        -- selection
        arrayExists(v -> v = {p3:String}, f1_lower)
      )
    ) AS rule_1,
    multiIf(`f_TargetUserName` != '', [`f_TargetUserName`], has(present, {p6:String}) AND NOT has(null_keys, {p6:String}), flat_texts({p7:String}), []) AS f2, -- TargetUserName
    t -> if(length(t) > 1, replaceAll(toJSONString(t), '\\/', '/'), t[1]) AS one_text
  SELECT toUnixTimestamp64Milli(event_time) AS time_ms, id AS event, arrayJoin(if(rule_1 AND notEmpty(f2), [([one_text(f2)], toUInt8(0), emptyArrayString(), 0., CAST([], 'Array(Array(String))'))], [])) AS hit
  FROM events
  WHERE rule_1
),
seen AS (
  SELECT
    hit.1 AS group_key, time_ms, event, arraySort(groupUniqArray(hit.2)) AS met,
    argMin((hit.3, hit.4, hit.5), hit.2) AS first -- an event that met several counts under the first
  FROM hits
  GROUP BY group_key, time_ms, event
),
instants AS (
  SELECT
    group_key, time_ms, count() AS events_at, groupArray(met) AS met_at,
    groupUniqArray(first.1) AS values_at, groupArray(first.2) AS numbers_at,
    max(event) AS completing, argMax(first.3, event) AS carried
  FROM seen
  GROUP BY group_key, time_ms
),
windows AS (
  SELECT *, sum(events_at) OVER w AS measured
  FROM instants
  WINDOW w AS (
    PARTITION BY group_key ORDER BY time_ms RANGE BETWEEN 300000 PRECEDING AND CURRENT ROW
  )
),
judged AS (
  SELECT *, measured >= 20 AS holds
  FROM windows
),
turned AS (
  SELECT * FROM (
    SELECT *,
      lagInFrame(holds) OVER (PARTITION BY group_key ORDER BY time_ms ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS held,
      lagInFrame(time_ms) OVER (PARTITION BY group_key ORDER BY time_ms ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS held_ms
    FROM judged
  )
  WHERE holds AND NOT (held AND held_ms >= time_ms - 300000)
)
SELECT group_key, time_ms, completing, measured
FROM turned
ORDER BY time_ms, group_key;
-- parameters
--   p1 = 'EventID'
--   p2 = '"EventID":'
--   p3 = '4625'
--   p4 = 'windows'
--   p5 = 'security'
--   p6 = 'TargetUserName'
--   p7 = '"TargetUserName":'
