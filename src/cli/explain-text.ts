import type { NormalisedEvent } from '../model/event.ts';
import type {
  ExplainedCondition,
  ExplainedDetection,
  ExplainedItem,
  ExplainedPattern,
  ExplainedRule,
  Rule,
} from '../sigma/index.ts';
import { printable } from './printable.ts';

/** What is shown of long lists; `--json` has more. */
const shown = { values: 4, wanted: 6, chars: 200 } as const;

const mark = (met: boolean): string => (met ? '✓' : '✗');

/** Why an event meets a rule or does not, for people: Vietnamese first, English beside, one entry a line. */
export function explainText(
  rule: Rule,
  event: NormalisedEvent,
  place: string,
  applied: boolean,
  { met, condition }: ExplainedRule,
): string[] {
  const lines: string[] = [];
  const say = (depth: number, text: string) => lines.push(`${'  '.repeat(depth)}${printable(text)}`);
  const hit = applied && met;
  say(0, `${mark(hit)} ${hit ? 'KHỚP · hit' : 'KHÔNG KHỚP · no hit'}: ${rule.title}`);
  say(0, `luật · rule: ${rule.file}:${rule.line} ${rule.id}`);
  const reason = event.parseReason === '' ? '' : ` (${event.parseStatus}: ${event.parseReason})`;
  say(0, `sự kiện · event: ${place}, bộ đọc · parser ${event.parser}${reason}`);
  sayLogsource();
  if (!applied && met)
    say(0, 'Nội dung khớp, nguồn log thì không · the content meets the rule, the log source does not');
  say(0, `${mark(met)} điều kiện · condition`);
  sayCondition(condition, 1);
  return lines;

  function sayLogsource(): void {
    say(0, `${mark(applied)} nguồn log · log source`);
    const { product, category, service } = rule.logsource;
    const { logsource } = event;
    sayDimension('product', product, logsource.product === null ? [] : [logsource.product]);
    sayDimension('category', category, logsource.categories);
    sayDimension('service', service, logsource.services);
  }

  function sayDimension(name: string, wanted: string | null, stated: readonly string[]): void {
    if (wanted === null) return;
    const found = stated.some((tag) => tag.toLowerCase() === wanted);
    const has = stated.length === 0 ? 'không rõ · unknown' : stated.join(', ');
    say(1, `${mark(found)} ${name}: luật cần · rule names ${wanted}; sự kiện · event: ${has}`);
  }

  function sayCondition(node: ExplainedCondition, depth: number): void {
    switch (node.kind) {
      case 'and':
      case 'or':
        say(depth, `${mark(node.met)} ${node.kind === 'and' ? 'và · and' : 'hoặc · or'}`);
        for (const part of node.of) sayCondition(part, depth + 1);
        return;
      case 'not':
        say(depth, `${mark(node.met)} không · not`);
        sayCondition(node.of, depth + 1);
        return;
      case 'selections': {
        const several = node.of.length > 1;
        if (several) say(depth, `${mark(node.met)} ${linkWord(node.link)}`);
        for (const { name, met: held, detection } of node.of) {
          say(depth + (several ? 1 : 0), `${mark(held)} ${name}`);
          sayDetection(detection, depth + (several ? 2 : 1));
        }
      }
    }
  }

  function sayDetection(node: ExplainedDetection, depth: number): void {
    if (node.kind === 'item') {
      sayItem(node, depth);
      return;
    }
    if (node.kind === 'any') say(depth, `${mark(node.met)} ${linkWord('any')}`);
    for (const part of node.of) sayDetection(part, depth + (node.kind === 'any' ? 1 : 0));
  }

  function sayItem(item: ExplainedItem, depth: number): void {
    const name = item.field ?? 'bất kỳ giá trị nào · any value';
    const negated = item.negated ? ' (neq: đảo lại · turned round)' : '';
    say(depth, `${mark(item.met)} ${name}${negated}  ${rule.file}:${item.line}:${item.column}`);
    sayWanted(item, depth + 1);
    say(depth + 1, `sự kiện có · event has: ${held(item, event)}`);
  }

  function sayWanted({ wanted, link }: ExplainedItem, depth: number): void {
    const count = wanted.length;
    const head = count > 1 ? ` (${link === 'all' ? 'tất cả · all' : 'một trong · any'} ${count})` : '';
    say(depth, `tìm · looked for${head}:`);
    // Under `all` what is missing decides, else what was met.
    const telling = wanted.toSorted((a, b) => rank(a, link) - rank(b, link));
    for (const patterns of telling.slice(0, shown.wanted)) {
      const [first] = patterns.toSorted((a, b) => Number(b.met) - Number(a.met));
      if (first !== undefined) say(depth + 1, patternText(first, patterns.length - 1));
    }
    if (count > shown.wanted) say(depth + 1, `… ${count - shown.wanted} giá trị nữa · more`);
  }
}

function rank(patterns: readonly ExplainedPattern[], link: 'any' | 'all'): number {
  return patterns.some(({ met }) => met) === (link === 'any') ? 0 : 1;
}

function linkWord(link: 'any' | 'all'): string {
  return link === 'all' ? 'tất cả · all of' : 'một trong · any of';
}

function patternText({ met, how, text, cased, dashes, other, by }: ExplainedPattern, variants: number): string {
  const more = variants > 0 ? ` (và ${variants} biến thể · and ${variants} variants)` : '';
  const exactly = cased ? ' (phân biệt hoa thường · cased)' : '';
  const flags = dashes ? ' (windash: - / – — ―)' : '';
  const beside = other === null ? '' : ` (trường kia có · the other holds: ${listOf(other)})`;
  const found = by === null ? '' : ` ← ${quoted(by.value)}`;
  const said = presence.get(`${how} ${text}`) ?? `${how} ${quoted(text)}`;
  return `${mark(met)} ${said}${exactly}${flags}${more}${beside}${found}`;
}

/** Patterns that look for no text, by how and text. */
const presence: ReadonlyMap<string, string> = new Map([
  ['null null', 'trống hoặc không có · null or missing'],
  ['exists ', 'bất kỳ giá trị nào · any value'],
  ['exists true', 'có trường này · the field is there'],
  ['exists false', 'không có trường này · the field is not there'],
]);

function held(item: ExplainedItem, event: NormalisedEvent): string {
  if (!item.exists) {
    const near = Object.keys(event.fields).find((name) => name.toLowerCase() === item.field?.toLowerCase());
    const hint = near === undefined ? '' : `; có trường · it has ${near} (phân biệt hoa thường · names have case)`;
    return `không có trường này · no such field${hint}`;
  }
  if (!item.present) return 'trường rỗng (null) · the field holds null';
  if (item.valueCount === 0) return 'một đối tượng, không phải văn bản · an object, no text';
  const values = item.values.slice(0, shown.values).map(quoted).join(', ');
  const more = item.valueCount - Math.min(item.values.length, shown.values);
  return more > 0 ? `${values} … ${more} giá trị nữa · more` : values;
}

function listOf(texts: readonly string[]): string {
  if (texts.length === 0) return 'không có gì · nothing';
  const more = texts.length > shown.values ? ' …' : '';
  return texts.slice(0, shown.values).map(quoted).join(', ') + more;
}

function quoted(text: string): string {
  return `"${text.length > shown.chars ? `${text.slice(0, shown.chars)}…` : text}"`;
}
