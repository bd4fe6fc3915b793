import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { example } from '../../dashboards/board/src/try/example.ts';
import { createJudge } from '../../dashboards/board/src/try/judge.ts';
import type { FromWorker, ToWorker } from '../../dashboards/board/src/try/messages.ts';
import { type Answer, createTrier, type TrialWorker } from '../../dashboards/board/src/try/trier.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import type { MappingsView } from '../../src/contract/api.ts';

const mappings: MappingsView = { ...(await loadMappings()), unknownLogsource: 'closed' };
const judge = createJudge(mappings, () => Date.UTC(2026, 10, 22));

describe('a rule tried on a line', () => {
  const hit = (trial: { rule?: string; line?: string; parser?: string }) => {
    const { rules } = judge({ ...example, parser: 'auto', ...trial });
    return rules.map(({ applies, explained }) => [applies, explained?.met ?? null]);
  };
  it('the example hits', () => {
    expect(hit({})).toEqual([[true, true]]);
    const { problems, event } = judge({ ...example, parser: 'auto' });
    expect(problems).toEqual([]);
    expect(event).toMatchObject({ parser: 'json', status: 'parsed', host: 'VP-UBND-07' });
  });
  it('the log source is told apart from the condition', () => {
    const line = JSON.stringify({ ...JSON.parse(example.line), Channel: 'x', Provider_Name: 'y' });
    expect(hit({ line })).toEqual([[false, true]]);
    expect(judge({ ...example, line, parser: 'auto' }).rules[0]?.foreign).toEqual(['product', 'category']);
    const open = createJudge({ ...mappings, unknownLogsource: 'open' }, () => 0);
    expect(open({ ...example, line, parser: 'auto' }).rules[0]?.applies).toBe(true);
  });
  it('without a line there is only the rule, without a rule only the line', () => {
    expect(hit({ line: ' \n' })).toEqual([[true, null]]);
    expect(judge({ rule: '', line: 'a', parser: 'auto' })).toMatchObject({
      rules: [],
      problems: [],
      event: { parser: 'raw' },
    });
  });
  it('JSON written over several lines is one event; of several lines the first is tried', () => {
    const pretty = JSON.stringify(JSON.parse(example.line), null, 2);
    expect(judge({ ...example, line: pretty, parser: 'auto' })).toMatchObject({
      linesMore: 0,
      event: { parser: 'json' },
    });
    expect(hit({ line: pretty })).toEqual([[true, true]]);
    expect(judge({ ...example, line: `\n${example.line}\r\n{"a":1}\n\n{}`, parser: 'auto' }).linesMore).toBe(2);
  });
  it('problems come with their line and caret, errors first', () => {
    const rule = example.rule.replace('level: high', 'level: hihg').replace('Image|endswith', 'Image|endwith');
    const { problems, rules } = judge({ ...example, rule, parser: 'auto' });
    expect(rules).toEqual([]);
    expect(problems[0]).toMatchObject({ severity: 'error', line: 15, source: '    Image|endwith:', caret: 10 });
    expect(problems.map(({ severity }) => severity)).toContain('warning');
  });
  it('fields a mapping made are told apart from those of the line', () => {
    const line = '{"_path":"dns","id.orig_h":"a","id.resp_h":"b","qtype_name":"A"}';
    const fields = judge({ rule: '', line, parser: 'auto' }).event?.fields ?? [];
    expect(fields.filter(({ mapped }) => mapped).map(({ name }) => name)).toEqual(['record_type']);
  });
  it('correlations and filters are counted, a flood of anything is cut and says so', () => {
    const correlation =
      'title: c\ncorrelation: { type: event_count, rules: [x], group-by: [a], timespan: 1m, condition: { gte: 2 } }\n';
    expect(judge({ rule: `${example.rule}---\n${correlation}`, line: '', parser: 'auto' }).otherDocuments).toBe(1);
    const line = JSON.stringify(
      Object.fromEntries(Array.from({ length: 800 }, (_, i) => [`f${i}`, 'x'.repeat(5_000)])),
    );
    const { event } = judge({ rule: '', line, parser: 'auto' });
    expect([event?.fields.length, event?.fieldsMore]).toEqual([500, 300]);
    expect(event?.fields[0]?.value.length).toBeLessThan(2_100);
    const many = judge({ rule: `${example.rule}---\n`.repeat(40), line: example.line, parser: 'auto' });
    expect(many.rules.length + many.rulesMore).toBe(40);
    expect(many.rules).toHaveLength(20);
  });
});

describe('trials in the worker', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function world(): {
    readonly workers: { readonly sent: ToWorker[]; ended: boolean; answer(message: FromWorker): void }[];
    readonly answers: Answer[];
    readonly trier: ReturnType<typeof createTrier>;
  } {
    const workers: ReturnType<typeof world>['workers'] = [];
    const answers: Answer[] = [];
    const open = (): TrialWorker => {
      const worker: TrialWorker = {
        onmessage: null,
        onerror: null,
        postMessage: (message) => void own.sent.push(message),
        terminate: () => {
          own.ended = true;
        },
      };
      const own = { sent: [] as ToWorker[], ended: false, answer: (data: FromWorker) => worker.onmessage?.({ data }) };
      workers.push(own);
      return worker;
    };
    const trier = createTrier({
      open,
      mappings,
      answered: (a) => answers.push(a),
      ready: () => undefined,
      trialMs: 1000,
    });
    return { workers, answers, trier };
  }
  const trial = (line: string) => ({ rule: '', line, parser: 'auto' });
  const linesOf = (sent: readonly ToWorker[]): string[] =>
    sent.flatMap((m) => (m.kind === 'try' ? [m.trial.line] : []));
  const done: FromWorker = { kind: 'tried', judgement: judge(trial('a')) };

  it('one at a time, and of those that wait only the newest', () => {
    const { workers, answers, trier } = world();
    trier.try(trial('1'));
    trier.try(trial('2'));
    expect(linesOf(workers[0]?.sent ?? [])).toEqual([]);
    workers[0]?.answer({ kind: 'ready', parsers: ['auto'] });
    trier.try(trial('3'));
    trier.try(trial('4'));
    expect(linesOf(workers[0]?.sent ?? [])).toEqual(['2']);
    workers[0]?.answer(done);
    expect(linesOf(workers[0]?.sent ?? [])).toEqual(['2', '4']);
    expect(answers).toHaveLength(1);
  });
  it('one that takes too long ends with its worker; the next gets a new one', () => {
    const { workers, answers, trier } = world();
    trier.try(trial('slow'));
    workers[0]?.answer({ kind: 'ready', parsers: ['auto'] });
    vi.advanceTimersByTime(1001);
    expect(answers).toEqual([{ kind: 'tooLong' }]);
    expect(workers[0]?.ended).toBe(true);
    trier.try(trial('next'));
    workers[1]?.answer({ kind: 'ready', parsers: ['auto'] });
    expect(linesOf(workers[1]?.sent ?? [])).toEqual(['next']);
    trier.close();
    expect(workers[1]?.ended).toBe(true);
  });
});
