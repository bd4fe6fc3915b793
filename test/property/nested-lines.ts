import fc from 'fast-check';

/**
 * Nested JSON as shippers and clouds write it, and as somebody would who wants it read wrongly: objects in lists, lists in
 * lists, empty ones, names that are dotted, doubled or long, and names by which envelopes, formats and mappings are told.
 */
const plainNames = ['a', 'b', 'c', 'd'] as const;

/** Names that the test's own mappings know, and those by which the shipped ones know cloud services without adding fields. */
const signs = [
  ...['m', 'n', 'kind', 'product', 'category', 'service', 'EventID', 'Channel', 'EventType', 'Provider_Name'],
  ...['awsRegion', 'eventSource', 'auditID', 'verb', 'resourceId', 'operationName', 'Workload', 'Operation'],
  ...['CreationTime', 'actor', 'action', '_document_id', 'auditType', 'riskEventType', '_path', 'event_type'],
];

/** Names by which envelopes and other formats are told, and mappings that add fields. */
const others = [
  ...['_index', '_source', 'stream', 'values', 'sourcetype', 'event', 'short_message', 'host', '__REALTIME_TIMESTAMP'],
  ...['resourceLogs', 'Event', 'System', 'winlog', 'channel', 'event_id', 'SourceName', 'Hostname', 'winlog.channel'],
  ...['process', 'executable', 'protoPayload', 'methodName', 'severity_text', 'logid', 'devid', 'ecs.version', 'kind'],
];

const name: fc.Arbitrary<string> = fc.oneof(
  { weight: 120, arbitrary: fc.constantFrom(...plainNames) },
  { weight: 20, arbitrary: fc.constantFrom(...signs) },
  { weight: 2, arbitrary: fc.constantFrom(...others) },
  { weight: 1, arbitrary: fc.constantFrom('a.b', 'b.c', 'a.b.c', 'm.n', '.a', 'a.', 'a b', '0', '') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('\\u0061', '__proto__', 'constructor', 'é', 'e\u0301', 'раз', 'Ã©', '\ufffd'),
  },
);

const scalar: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom('"x"', '"y"', '"x y"', '"X"', '"aws"', '"windows"', '"linux"', '"p"', '""'),
  },
  {
    weight: 15,
    arbitrary: fc.constantFrom('1', '"1"', '1.0', '-0', '1e3', '9007199254740993', '1e400', '10', '"10.0.0.1"'),
  },
  { weight: 15, arbitrary: fc.constantFrom('null', 'true', 'false', '"true"', '"null"') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"é"', '"e\u0301"', '"\\u00e9"', '"e\\u0301"', '"рaз"', '"Ã©"', '"\ufffd"', '"\\/"'),
  },
);

const { value, object } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    { weight: 5, arbitrary: scalar },
    { weight: 1, arbitrary: fc.constantFrom('{}', '[]', '[[]]', '[{}]', '[null]', '[{},1]') },
    { weight: 3, arbitrary: tie('object') },
    { weight: 2, arbitrary: tie('list') },
  ),
  list: fc.array(tie('value'), { maxLength: 4 }).map((members) => `[${members.join(',')}]`),
  object: fc
    .oneof(
      {
        weight: 30,
        arbitrary: fc.uniqueArray(fc.tuple(name, tie('value')), { maxLength: 5, selector: ([key]) => key }),
      },
      { weight: 1, arbitrary: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }) },
    )
    .map((members) => `{${members.map(([key, inner]) => `"${key}":${inner}`).join(',')}}`),
}));

/** What begins a line as an envelope does. */
const envelope = fc
  .tuple(
    fc.constantFrom(
      '"_index":"i"',
      '"stream":{"a":"x"},"values":[["1700000000000000000","x"]]',
      '"stream":"stdout"',
      '"sourcetype":"s","event":{"a":"x"}',
      '"resourceLogs":[{}]',
      '"short_message":"x","host":"h"',
      '"__REALTIME_TIMESTAMP":"1700000000000000","MESSAGE":"x"',
      '"d":{"short_message":"x","__REALTIME_TIMESTAMP":"1","stream":{},"_source":{}}',
      '"winlog":{"channel":"Security"}',
      '"Event":{"System":{"EventID":1}}',
    ),
    fc.constantFrom('', '"_source":{"a":{"b":"x"}}', '"_source":"x"', '"a":{"b":"x"}'),
  )
  .map(([head, more]) => (more === '' ? head : `${head},${more}`));

/** Names that let a cloud's or a test's mapping speak, in any form. */
const tagged = fc.constantFrom(
  '"awsRegion":"r","eventSource":"s"',
  '"awsRegion":[],"eventSource":{}',
  '"awsRegion":{"a":1},"eventSource":"s"',
  '"awsRegion":[{}],"eventSource":"s"',
  '"awsRegion":[[1]],"eventSource":[{},null]',
  '"auditID":"1","verb":"get"',
  '"resourceId":"/x","operationName":"o","category":"Administrative"',
  '"resourceId":"/x","operationName":"o","category":["Administrative"]',
  '"auditType":{"category":"c","action":"a"}',
  '"auditType":[{"category":"c"},{"action":"a"}]',
  '"m":{"n":"p"}',
  '"m":{"n":"p","kind":"linux"}',
  '"m":{"n":"p","kind":["linux"]}',
  '"m":{"n":"p","kind":{}}',
  '"m":[{"n":"p"},{"kind":"linux"}]',
  '"m":[{"n":"p","kind":"linux"},{"kind":"x"}]',
  '"m":{"n":"p"},"kind":"x"',
  '"m":{"n":"p"},"kind":"x","c":"x"',
  '"m":{"n":"p"},"kind":["x"],"c":["x"]',
  '"n":{},"told":"x"',
  '"n":1,"told":{"a":"x"}',
  '"m":{"n":{"a":1}},"kind":{"a":1}',
  '"product":"windows","service":{"a":"x"}',
  '"product":"linux","category":["x"]',
  '"product":["linux"]',
  '"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"',
);

const deep = fc
  .tuple(fc.constantFrom('{"a":', '{"b":', '[', '{"a":[', '{"b":{"c":'), fc.integer({ min: 1, max: 70 }))
  .map(([open, depth]) => {
    const close = [...open]
      .flatMap((c) => (c === '{' ? ['}'] : c === '[' ? [']'] : []))
      .toReversed()
      .join('');
    return `${open.repeat(depth)}"x"${close.repeat(depth)}`;
  });

const chain = (keys: readonly string[]) => `${keys.map((key) => `{"${key}":`).join('')}"x"${'}'.repeat(keys.length)}`;

/** About the bounds of flattening: values, names, and characters of a name. */
const large = fc.oneof(
  fc.integer({ min: 1_990, max: 2_010 }).map((count) => `[${'1,'.repeat(count)}{"a":"x"}]`),
  fc.integer({ min: 196, max: 204 }).map((count) => {
    const members = Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',');
    return `{${Array.from({ length: 10 }, (_, i) => `"o${i}":{${members}}`).join(',')}}`;
  }),
  fc.integer({ min: 202, max: 208 }).map((length) => chain(['k', 'l', 'm', 'n', 'o'].map((c) => c.repeat(length)))),
);

/** One line: most are JSON, nearly all of them nested. */
export const nestedLine: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: fc.constant('') },
      { weight: 4, arbitrary: tagged },
      { weight: 2, arbitrary: envelope },
      { weight: 1, arbitrary: deep.map((text) => `"a":${text}`) },
      { weight: 4, arbitrary: value.map((text) => `"b":${text}`) },
    ),
    object,
    fc.oneof({ weight: 60, arbitrary: fc.constant('') }, { weight: 1, arbitrary: large }),
  )
  .map(([head, rest, more]) => {
    const members = [head, rest.slice(1, -1), more === '' ? '' : `"d":${more}`].filter((text) => text !== '');
    return `{${members.join(',')}}`;
  });
