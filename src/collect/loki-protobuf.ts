import { HttpProblem } from './http-problem.ts';
import { bitsOf, byteText, eachField, nested } from './protobuf.ts';

type Json = Record<string, unknown>;

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};
const goEscape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs;
/** One label of a selector; sticky, and of no shape that could go back and try again. */
const label = /[ ,]*([^\s=,{}"]+) *= *"((?:[^"\\]|\\.)*)"/gsy;

/** A Go string's inside (strconv.Quote), as bytes of which each is one character. */
function unquoted(text: string): string {
  return text.replace(goEscape, (_all, byte, short, long, simple) => {
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
    if (simple !== undefined) return simpleEscapes[simple] ?? simple;
    const point = Number.parseInt(short ?? long, 16);
    return Buffer.from(point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd').toString('latin1');
  });
}

/** The labels of a stream as Promtail writes them: `{app="nginx", host="web01"}`. Throws `bad-body`. */
export function readLabels(text: string): Json {
  const out: Json = {};
  const end = text.lastIndexOf('}');
  if (!text.startsWith('{') || end < 0) throw new HttpProblem('bad-body', 0, 'labels');
  const inside = text.slice(1, end);
  label.lastIndex = 0;
  let at = 0;
  for (let found = label.exec(inside); found !== null; found = label.exec(inside)) {
    const [, name = '', value = ''] = found;
    if (name !== '__proto__') out[name] = unquoted(value);
    at = label.lastIndex;
  }
  if (/[^\s,]/.test(inside.slice(at))) throw new HttpProblem('bad-body', 0, 'labels');
  return out;
}

function nanosOf(message: Buffer): string {
  let seconds = 0n;
  let nanos = 0n;
  eachField(message, (field) => {
    if (field.number === 1) seconds = BigInt.asIntN(64, bitsOf(field));
    else if (field.number === 2) nanos = BigInt.asIntN(32, bitsOf(field));
  });
  return String(seconds * 1_000_000_000n + nanos);
}

function labelPair(message: Buffer, into: Json): void {
  let name = '';
  let value = '';
  eachField(message, (field) => {
    if (field.number === 1) name = byteText(field);
    else if (field.number === 2) value = byteText(field);
  });
  if (name !== '' && name !== '__proto__') into[name] = value;
}

function entry(message: Buffer): readonly unknown[] {
  let time = '0';
  let line = '';
  const metadata: Json = {};
  eachField(message, (field) => {
    if (field.number === 1) time = nanosOf(nested(field));
    else if (field.number === 2) line = byteText(field);
    else if (field.number === 3) labelPair(nested(field), metadata);
  });
  return Object.keys(metadata).length === 0 ? [time, line] : [time, line, metadata];
}

function stream(message: Buffer): Json {
  let labels = '{}';
  const values: (readonly unknown[])[] = [];
  eachField(message, (field) => {
    if (field.number === 1) labels = byteText(field);
    else if (field.number === 2) values.push(entry(nested(field)));
  });
  return { stream: readLabels(labels), values };
}

/** `PushRequest` (grafana/loki, pkg/push/push.proto) as its JSON would be read; strings are bytes, each one character. */
export function readPushRequest(message: Buffer): Json {
  const streams: Json[] = [];
  eachField(message, (field) => {
    if (field.number === 1) streams.push(stream(nested(field)));
  });
  return { streams };
}
