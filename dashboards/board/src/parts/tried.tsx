/** What came of trying a rule on a line: the verdict, the rule's problems, the log source, the reasons, the fields. */
import type { JSX } from 'preact';
import { dateTime, machineTime } from '../format.ts';
import { type PlainKey, t } from '../i18n/index.ts';
import { Icon, type IconName } from '../icons.tsx';
import type { Judgement, ReadEvent, ShownProblem, TriedRule } from '../try/judge.ts';
import { Reasons } from './reasons.tsx';

type Outcome = 'hit' | 'foreign' | 'miss' | 'refused' | 'read';

const words: Readonly<
  Record<Outcome, { readonly icon: IconName; readonly word: PlainKey | null; readonly what: PlainKey }>
> = {
  hit: { icon: 'check', word: 'try.hit', what: 'try.hitWhat' },
  foreign: { icon: 'minus', word: 'try.foreign', what: 'try.foreignWhat' },
  miss: { icon: 'cross', word: 'try.miss', what: 'try.missWhat' },
  refused: { icon: 'cross', word: 'try.refused', what: 'try.refusedWhat' },
  read: { icon: 'check', word: null, what: 'try.noLine' },
};

function outcomeOf({ explained, applies }: TriedRule): Outcome {
  if (explained === null) return 'read';
  if (!explained.met) return 'miss';
  return applies ? 'hit' : 'foreign';
}

function Verdict({ outcome, rule }: { readonly outcome: Outcome; readonly rule?: TriedRule }): JSX.Element {
  const { icon, word, what } = words[outcome];
  const isForeignMiss = outcome === 'miss' && rule !== undefined && !rule.applies;
  return (
    <div class="verdict" data-at={outcome}>
      <p>
        <Icon name={icon} />
        {word === null ? null : <b>{t(word)}</b>}
        <span>{isForeignMiss ? t('try.missForeignWhat') : t(what)}</span>
      </p>
      {rule === undefined ? null : <p class="of">{rule.title}</p>}
    </div>
  );
}

function Problem({ problem }: { readonly problem: ShownProblem }): JSX.Element {
  const { severity, code, line, column, message, advice, source, caret } = problem;
  return (
    <li data-severity={severity}>
      <p>
        <span class="tag" data-severity={severity}>
          {t(`try.${severity}`)}
        </span>
        <span class="mono dim">{code}</span>
        <span class="dim to-end num">{t('try.at', { line, column })}</span>
      </p>
      <p lang="en">{message}</p>
      <pre class="mono" aria-hidden="true">
        {source}
        {'\n'}
        {' '.repeat(caret)}
        <i class="caret">^</i>
      </pre>
      <p class="dim" lang="en">
        {advice}
      </p>
    </li>
  );
}

function List({ problems }: { readonly problems: readonly ShownProblem[] }): JSX.Element {
  return (
    <ul class="probs">
      {problems.map((problem) => (
        <Problem key={`${problem.code}·${problem.line}·${problem.column}·${problem.message}`} problem={problem} />
      ))}
    </ul>
  );
}

function Problems({ judgement }: { readonly judgement: Judgement }): JSX.Element {
  const { problems, problemsMore } = judgement;
  const hints = problems.filter(({ severity }) => severity === 'info');
  if (problems.length === 0) return <p class="fine dim">{t('try.noProblems')}</p>;
  return (
    <section class="pane">
      <header>
        <h3>{t('try.problems')}</h3>
        <span class="end num">{problems.length + problemsMore}</span>
      </header>
      <List problems={problems.filter(({ severity }) => severity !== 'info')} />
      {hints.length === 0 ? null : (
        <details class="hints">
          <summary class="dim">{t('try.hints', { n: hints.length })}</summary>
          <List problems={hints} />
        </details>
      )}
      {problemsMore > 0 ? <p class="cutnote">{t('try.problemsMore', { n: problemsMore })}</p> : null}
    </section>
  );
}

function Dimension(p: {
  readonly name: PlainKey;
  readonly wanted: string | null;
  readonly is: readonly string[];
  readonly foreign: boolean;
}): JSX.Element {
  return (
    <tr data-foreign={p.foreign ? '' : undefined}>
      <th scope="row">{t(p.name)}</th>
      <td>{p.wanted === null ? <span class="dim">{t('try.any')}</span> : <span class="mono">{p.wanted}</span>}</td>
      <td>
        {p.is.length === 0 ? <span class="dim">{t('try.unknown')}</span> : <span class="mono">{p.is.join(', ')}</span>}
      </td>
      <td>
        <span class="ans" data-met={!p.foreign}>
          <Icon name={p.foreign ? 'cross' : 'check'} small />
          <span class="vh">{p.foreign ? t('why.unmet') : t('why.met')}</span>
        </span>
      </td>
    </tr>
  );
}

function Sources({ rule, event }: { readonly rule: TriedRule; readonly event: ReadEvent }): JSX.Element {
  const { product, categories, services } = event.logsource;
  const foreign = new Set(rule.foreign);
  return (
    <table class="plain dims">
      <thead>
        <tr>
          <th scope="col">{t('try.logsource')}</th>
          <th scope="col">{t('try.ruleWants')}</th>
          <th scope="col">{t('try.lineIs')}</th>
          <th />
        </tr>
      </thead>
      <tbody>
        <Dimension
          name="try.product"
          wanted={rule.logsource.product}
          is={product === null ? [] : [product]}
          foreign={foreign.has('product')}
        />
        <Dimension
          name="try.category"
          wanted={rule.logsource.category}
          is={categories}
          foreign={foreign.has('category')}
        />
        <Dimension name="try.service" wanted={rule.logsource.service} is={services} foreign={foreign.has('service')} />
      </tbody>
    </table>
  );
}

function Rule({
  rule,
  event,
  open,
}: {
  readonly rule: TriedRule;
  readonly event: ReadEvent | null;
  readonly open: boolean;
}) {
  return (
    <section class="pane one">
      <Verdict outcome={outcomeOf(rule)} rule={rule} />
      {event === null || rule.explained === null ? null : (
        <details open={open}>
          <summary>{t('try.why')}</summary>
          <Sources rule={rule} event={event} />
          <Reasons explained={rule.explained} />
        </details>
      )}
    </section>
  );
}

function Fields({ event }: { readonly event: ReadEvent }): JSX.Element {
  const { fields, fieldsMore, status, reason } = event;
  return (
    <section class="pane">
      <header>
        <h3>{t('try.fields', { n: fields.length + fieldsMore })}</h3>
        <span class="end">
          {event.timeMs === null ? null : (
            <time class="dim" dateTime={machineTime(event.timeMs)}>
              {dateTime(event.timeMs)}
            </time>
          )}{' '}
          <span class="tag mono">{t('try.readAs', { parser: event.parser })}</span>
        </span>
      </header>
      {status === 'parsed' ? null : (
        <p class="cutnote">{status === 'raw' ? t('try.rawWhy', { why: reason }) : t('try.partWhy', { why: reason })}</p>
      )}
      <dl class="kv all">
        {fields.map(({ name, value, mapped }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
              {mapped ? <span class="tag">{t('try.mapped')}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
      {fieldsMore > 0 ? <p class="cutnote">{t('try.fieldsMore', { n: fieldsMore })}</p> : null}
    </section>
  );
}

export function Tried({
  judgement,
  hasRule,
}: {
  readonly judgement: Judgement;
  readonly hasRule: boolean;
}): JSX.Element {
  const { rules, rulesMore, otherDocuments, event, linesMore, problems } = judgement;
  const isRefused = hasRule && rules.length === 0 && problems.some((problem) => problem.severity === 'error');
  if (!hasRule && event === null) return <p class="empty">{t('try.empty')}</p>;
  return (
    <>
      {isRefused ? (
        <section class="pane one">
          <Verdict outcome="refused" />
        </section>
      ) : null}
      {linesMore > 0 ? <p class="cutnote">{t('try.linesMore', { n: linesMore })}</p> : null}
      {rules.map((rule, i) => (
        <Rule key={`${rule.line}`} rule={rule} event={event} open={i === 0} />
      ))}
      {rulesMore > 0 ? <p class="cutnote">{t('try.rulesMore', { n: rulesMore })}</p> : null}
      {otherDocuments > 0 ? <p class="cutnote">{t('try.others', { n: otherDocuments })}</p> : null}
      {hasRule ? <Problems judgement={judgement} /> : null}
      {event === null ? null : <Fields event={event} />}
    </>
  );
}
