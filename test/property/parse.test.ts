import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from '../../src/collect/line-splitter.ts';
import { createSyslogFramer } from '../../src/collect/syslog-framing.ts';
import { parseLine, parserIds } from '../../src/parse/index.ts';
import { readLine } from '../harness/read-line.ts';

/** No lone surrogates: UTF-8 has no bytes for them. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

const received = Date.UTC(2026, 10, 22, 5);
const rules = { lineBytesMax: 1_000_000 };

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const token = fc.stringMatching(/^[!-~]{1,20}$/).filter((word) => word !== '-');
const sdName = fc.stringMatching(/^[a-zA-Z0-9@._]{1,12}$/);
const elements = fc.uniqueArray(
  fc.tuple(sdName, fc.uniqueArray(fc.tuple(sdName, text), { selector: ([name]) => name, maxLength: 4 })),
  { selector: ([id]) => id, maxLength: 4 },
);

describe('a syslog message printed and read', () => {
  it('comes back whole (RFC 5424)', () => {
    const priority = fc.integer({ min: 0, max: 191 });
    const ms = fc.integer({ min: 0, max: 4_102_444_800_000 });
    fc.assert(
      fc.property(
        priority,
        ms,
        token,
        token,
        token,
        token,
        elements,
        text,
        (pri, at, host, app, pid, id, data, said) => {
          const escaped = (value: string): string => value.replace(/["\\\]]/g, (c) => `\\${c}`);
          const sd = data.map(
            ([name, params]) => `[${name}${params.map(([p, v]) => ` ${p}="${escaped(v)}"`).join('')}]`,
          );
          // Line ends and NULs behind a line belong to the framing, not to the message.
          const message = said.replace(/[\r\n\0]+$/, '').replace(/^\ufeff/, '');
          const line = `<${pri}>1 ${new Date(at).toISOString()} ${host} ${app} ${pid} ${id} ${sd.join('') || '-'} ${message}`;
          const { record } = parseLine(line, 'syslog-5424', received);
          const isText = !message.startsWith('{') && !message.startsWith('@cee') && !app.startsWith('%');
          fc.pre(isText && !message.includes('] "'));
          expect(record).toMatchObject({ status: 'parsed', timeMs: at, host, program: app, message });
          expect(record?.fields).toMatchObject({ pid, msgid: id });
          const params = data.flatMap(([name, list]) => list.map(([p, v]) => [`sd.${name}.${p}`, v]));
          for (const [name, value] of params) expect(record?.fields[name ?? '']).toBe(value);
        },
      ),
    );
  });
});

describe('any text', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .tuple(
        fc.constantFrom(
          '<34>',
          '<34>1 ',
          '{"Event":{"System":',
          '10.0.0.1 - - [22/Nov/2026:12:00:00 +0700] "',
          '{"winlog":',
        ),
        fc.string({ unit: 'binary' }),
      )
      .map((parts) => parts.join('')),
  );
  it('becomes an event by any parser, the same one each time, with NFC text', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...parserIds), (line, parser) => {
        const event = readLine(line, parser, received);
        expect(readLine(line, parser, received)).toEqual(event);
        expect(event.parseStatus === 'parsed').toBe(event.parseReason === '');
        const json = JSON.stringify(event.fields);
        expect(JSON.stringify(JSON.parse(json))).toBe(json);
        expect(event.message.normalize('NFC')).toBe(event.message);
        expect(event.message.length).toBeLessThanOrEqual(500);
        expect(event.message).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a JSON object', () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const plainName = fc.stringMatching(/^[a-z_]{1,10}$/);
  it('that is flat comes out as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(plainName, scalar), (object) => {
        const { record } = parseLine(JSON.stringify(object), 'json', received);
        expect(record?.fields).toEqual({ ...object });
      }),
    );
  });
  it('keeps every integer digit for digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.string(), (big, beside) => {
        const line = `{"s":${JSON.stringify(beside)},"n":${big},"l":[${big}]}`;
        const { record } = parseLine(line, 'json', received);
        expect([String(record?.fields.n), String(record?.fields.l), record?.fields.s]).toEqual([
          String(big),
          String(big),
          beside,
        ]);
      }),
    );
  });
});

describe('a stream of bytes', () => {
  const words = fc.array(
    fc.stringMatching(/^[^\r\n\0\ufeff]{1,30}$/u).filter((word) => word.trim() !== ''),
    { maxLength: 8 },
  );

  function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
    const places = [...new Set(at.map((n) => n % (bytes.length + 1)))].sort((a, b) => a - b);
    return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
  }

  it('splits into the same lines wherever it is cut', () => {
    fc.assert(
      fc.property(words, fc.array(fc.nat()), fc.constantFrom('\n', '\r\n'), (lines, at, end) => {
        fc.pre(isWellFormed(lines.join()));
        const splitter = createLineSplitter(rules);
        const bytes = Buffer.from(lines.map((line) => line + end).join(''));
        const out = [...cut(bytes, at).flatMap((part) => splitter.push(part)), ...splitter.end(false)];
        expect(out).toEqual(lines.map((line, index) => ({ text: line, line: index + 1 })));
      }),
    );
  });

  it('of counted syslog frames too', () => {
    fc.assert(
      fc.property(words, fc.array(fc.nat()), (lines, at) => {
        fc.pre(isWellFormed(lines.join()));
        const messages = lines.map((line) => `<13>${line}`);
        const framer = createSyslogFramer(rules);
        const bytes = Buffer.from(messages.map((m) => `${Buffer.byteLength(m)} ${m}`).join(''));
        const out = [...cut(bytes, at).flatMap((part) => framer.push(part)), ...framer.end()];
        expect(out.map((line) => line.text)).toEqual(messages);
      }),
    );
  });
});
