/** Why an event meets a rule or does not: the condition as a tree, each step with its own answer. */
import type { JSX } from 'preact';
import type {
  ExplainedCondition,
  ExplainedDetection,
  ExplainedItem,
  ExplainedPattern,
  ExplainedRule,
  ExplainedSelection,
  ExplainedValue,
} from '../../../../src/sigma/index.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { pieces } from '../marks.ts';
import { howWord } from './how.ts';

/** Wanted values of an item shown; those that were met come first. */
const wantedMax = 6;
/** Selections side by side that are shown open. */
const openMax = 4;

/** The mark before each step: a shape and a word, never colour alone. */
function Answer({ met }: { readonly met: boolean }): JSX.Element {
  return (
    <span class="ans" data-met={met}>
      <Icon name={met ? 'check' : 'cross'} small />
      <span class="vh">{met ? t('why.met') : t('why.unmet')}</span>
    </span>
  );
}

function Value({ value, spans }: ExplainedValue): JSX.Element {
  return (
    <code>
      {pieces(value, spans).map((piece, i) => (piece.matched ? <mark key={`${i}`}>{piece.text}</mark> : piece.text))}
    </code>
  );
}

/** A value as written in the rule: its variants (dashes, offsets) are one. */
function Wanted({ patterns }: { readonly patterns: readonly ExplainedPattern[] }): JSX.Element | null {
  const shown = patterns.find((pattern) => pattern.met) ?? patterns[0];
  if (shown === undefined) return null;
  return (
    <li data-met={shown.met}>
      <span class="dim">{howWord(shown.how)}</span> <code>{shown.text}</code>
      {patterns.length > 1 ? <span class="dim"> {t('why.variants', { n: patterns.length })}</span> : null}
    </li>
  );
}

function Held({ item }: { readonly item: ExplainedItem }): JSX.Element {
  const by = item.wanted.flat().find((pattern) => pattern.met && pattern.by !== null)?.by ?? null;
  if (by !== null)
    return (
      <p class="held">
        {t('why.holds')} <Value {...by} />
      </p>
    );
  if (item.field !== null && !item.exists) return <p class="held dim">{t('why.noField')}</p>;
  if (item.values.length === 0) return <p class="held dim">{t('why.empty')}</p>;
  return (
    <p class="held">
      {t('why.holds')}{' '}
      {item.values.map((value, i) => (
        <code key={`${i}`}>{value}</code>
      ))}
      {item.valueCount > item.values.length ? (
        <span class="dim"> {t('why.more', { n: item.valueCount - item.values.length })}</span>
      ) : null}
    </p>
  );
}

function Item({ item }: { readonly item: ExplainedItem }): JSX.Element {
  const groups = item.wanted.toSorted((a, b) => Number(b.some((p) => p.met)) - Number(a.some((p) => p.met)));
  return (
    <div class="item">
      <p>
        <Answer met={item.met} />
        <b class="mono">{item.field ?? t('evidence.anyField')}</b>
        {item.negated ? <span class="tag">{t('why.not')}</span> : null}
        {item.wanted.length > 1 ? (
          <span class="dim">{item.link === 'all' ? t('why.allOf') : t('why.anyOf')}</span>
        ) : null}
        <span class="dim to-end">{t('try.at', { line: item.line, column: item.column })}</span>
      </p>
      <ul class="wanted">
        {groups.slice(0, wantedMax).map((patterns, i) => (
          <Wanted key={`${i}`} patterns={patterns} />
        ))}
        {groups.length > wantedMax ? <li class="dim">{t('why.more', { n: groups.length - wantedMax })}</li> : null}
      </ul>
      <Held item={item} />
    </div>
  );
}

function Detection({ detection }: { readonly detection: ExplainedDetection }): JSX.Element {
  if (detection.kind === 'item') return <Item item={detection} />;
  const [only, second] = detection.of;
  if (only !== undefined && second === undefined) return <Detection detection={only} />;
  return (
    <div class="step">
      <p>
        <Answer met={detection.met} />
        {detection.kind === 'all' ? t('why.allOf') : t('why.anyOf')}
      </p>
      <ul>
        {detection.of.map((inner, i) => (
          <li key={`${i}`}>
            <Detection detection={inner} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Selection({
  selection,
  open,
}: {
  readonly selection: ExplainedSelection;
  readonly open: boolean;
}): JSX.Element {
  return (
    <details class="sel" open={open}>
      <summary>
        <Answer met={selection.met} />
        <b class="mono">{selection.name}</b>
      </summary>
      <Detection detection={selection.detection} />
    </details>
  );
}

function Condition({ condition }: { readonly condition: ExplainedCondition }): JSX.Element {
  if (condition.kind === 'not')
    return (
      <div class="step">
        <p>
          <Answer met={condition.met} />
          {t('why.notThis')}
        </p>
        <ul>
          <li>
            <Condition condition={condition.of} />
          </li>
        </ul>
      </div>
    );
  if (condition.kind === 'selections') {
    const [only, second] = condition.of;
    if (only !== undefined && second === undefined) return <Selection selection={only} open />;
    return (
      <div class="step">
        <p>
          <Answer met={condition.met} />
          {condition.link === 'all' ? t('why.allOf') : t('why.anyOf')}
        </p>
        <ul>
          {condition.of.map((selection) => (
            <li key={selection.name}>
              <Selection selection={selection} open={condition.of.length <= openMax} />
            </li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <div class="step">
      <p>
        <Answer met={condition.met} />
        {condition.kind === 'and' ? t('why.allOf') : t('why.anyOf')}
      </p>
      <ul>
        {condition.of.map((inner, i) => (
          <li key={`${i}`}>
            <Condition condition={inner} />
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Reasons({ explained }: { readonly explained: ExplainedRule }): JSX.Element {
  return (
    <div class="reasons">
      <Condition condition={explained.condition} />
    </div>
  );
}
