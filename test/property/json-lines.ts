import fc from 'fast-check';

/**
 * JSON as hostile senders write it: every spelling of a character, numbers of every size, blanks anywhere, names twice,
 * names with dots beside nested objects, and then some bytes of it damaged.
 */
const blank = fc.constantFrom('', '', '', ' ', '\t', '  ');

const spelled: fc.Arbitrary<string> = fc.constantFrom(
  ...['a', 'b', 'k', 'K', 'p', 'o', 'w', '.', '/', '1', ' ', '-', "'", '\u007f'],
  ...['\\\\', '\\"', '\\/', '\\n', '\\t', '\\r', '\\b', '\\f'],
  ...['\\u0041', '\\u005c', '\\u0022', '\\u000a', '\\u00e9', '\\u212A', '\\ud83d\\ude00', '\\ud83d', '\\ude00'],
  ...['é', 'e\u0301', 'ộ', 'K', 'ſ', 'İ', '–', '😀', '𐐀', '\u2028'],
  'powershell -enc ',
  'C:\\\\Windows\\\\System32\\\\',
);
const broken = fc.constantFrom('\\x', '\\u12g4', '\\u', '\n', '\u0001', '\\');

function characters(maxLength: number): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof({ weight: 60, arbitrary: spelled }, { weight: 1, arbitrary: broken }), { maxLength })
    .map((parts) => parts.join(''));
}

const number = fc.oneof(
  fc.constantFrom('0', '-0', '7', '42', '-1', '1.0', '1.50', '1e3', '1E-7', '-0.0', '1e21', '1e400', '-1e-400'),
  fc.constantFrom('999999999999999', '9007199254740991', '9007199254740993', '123456789012345678901', '0.1'),
  fc.constantFrom('01', '1.', '.5', '+1', '-', '1e', '0x10', 'NaN', '12345678901234567890.0', '-01', '1e+'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.maxSafeInteger().map(String),
);

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'EventID', 'CommandLine', 'a.b', 'b.c', '__proto__') },
  { weight: 1, arbitrary: fc.constantFrom('\\u0061', 'é', 'e\u0301', '', 'a b', 'toString', '0') },
  // What decides the shape and the logsource of a record.
  { weight: 2, arbitrary: fc.constantFrom('product', 'category', 'service', 'Channel', 'Provider_Name', 'EventType') },
  { weight: 1, arbitrary: fc.constantFrom('Event', 'System', 'winlog', 'SourceName', 'Hostname', 'UtcTime') },
  { weight: 1, arbitrary: characters(4) },
);

const { value } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    characters(14).map((text) => `"${text}"`),
    number,
    fc.constantFrom('true', 'false', 'null', 'tru', 'nul', ''),
    fc.constantFrom(
      '"windows"',
      '" Windows "',
      '"linux"',
      '"Microsoft-Windows-Sysmon/Operational"',
      '"Security"',
      '1',
      '4688',
    ),
    tie('list'),
    tie('object'),
  ),
  list: fc
    .array(fc.tuple(blank, tie('value'), blank), { maxLength: 4 })
    .map((members) => `[${members.map((member) => member.join('')).join(',')}]`),
  object: objectOf(tie('value')),
}));

function objectOf(member: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(fc.tuple(blank, name, blank, blank, member, blank), { maxLength: 6 }).map((members) => {
    const written = members.map(([a, key, b, c, inner, d]) => `${a}"${key}"${b}:${c}${inner}${d}`);
    return `{${written.join(',')}}`;
  });
}

/** A character of `JSON.stringify`d text never needs a second look: such objects are what senders mean to send. */
const tidy = fc
  .dictionary(
    fc.constantFrom('a', 'b', 'c', 'EventID', 'CommandLine', 'Image', 'x y'),
    fc.oneof(fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null), fc.double()),
  )
  .map((object) => JSON.stringify(object));

/** An object that mostly says what it is, so that mappings and routing have something to do. */
const tagged = fc
  .tuple(
    fc.array(
      fc.constantFrom(
        '"product":"windows"',
        '"product":" Windows "',
        '"product":"linux"',
        '"category":"process_creation"',
        '"category":1',
        '"service":"sysmon"',
        '"Channel":"Microsoft-Windows-Sysmon/Operational"',
        '"Channel":"Security"',
        '"Provider_Name":"Microsoft-Windows-Sysmon"',
        '"EventID":1',
        '"EventID":"1"',
        '"EventID":4688',
        '"EventID":13',
        '"NewProcessName":"x.exe"',
        '"Hostname":"h"',
        '"System":{}',
      ),
      { minLength: 1, maxLength: 4 },
    ),
    objectOf(value),
  )
  .map(([tags, object]) => `{${tags.join(',')}${object === '{}' ? '' : ','}${object.slice(1)}`);

const utf8 = new TextEncoder();

/** One line as bytes; most of them are JSON objects, some are damaged in a few places. */
export const jsonLine: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: objectOf(value) },
      { weight: 3, arbitrary: tidy },
      { weight: 2, arbitrary: tagged },
      { weight: 1, arbitrary: value },
    ),
    blank,
    blank,
    fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }) },
    ),
  )
  .map(([text, before, after, damage]) => {
    const bytes = utf8.encode(before + text + after);
    for (const [at, byte] of damage) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });
