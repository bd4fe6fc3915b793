/** The rules that are loaded: severity, title, tags, log source; the text on opening one. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RuleSummary } from '../api-client.ts';
import { useBoard } from '../board.ts';
import { number, plain } from '../format.ts';
import { failureText, language, t, titleOf } from '../i18n/index.ts';
import { Icon, SeverityMark } from '../icons.tsx';
import { FindField } from '../parts/find-field.tsx';
import { RuleText } from '../parts/rule.tsx';
import { RuleSet } from '../parts/rule-set.tsx';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { go } from '../router.ts';
import { severityRank } from '../severity.ts';

/** Rows drawn at once; the filter finds the rest. */
const shownMax = 300;

function Row({ rule, open }: { readonly rule: RuleSummary; readonly open: boolean }): JSX.Element {
  return (
    <li class="rule" data-open={open ? '' : undefined}>
      <a href={open ? '/rules' : `/rules/${encodeURIComponent(rule.id)}`} aria-expanded={open}>
        <SeverityMark severity={rule.severity} />
        <b>{titleOf(rule)}</b>
      </a>
      <p class="rl">
        <span class="mono dim">{Object.values(rule.logsource).join(' / ')}</span>
        {rule.tags.slice(0, 6).map((tag) => (
          <span key={tag} class="tag mono">
            {tag}
          </span>
        ))}
        {rule.tags.length > 6 ? <span class="dim num">+{rule.tags.length - 6}</span> : null}
      </p>
      {open ? <RuleText id={rule.id} /> : null}
    </li>
  );
}

export function RulesPage({ id }: { readonly id: string }): JSX.Element {
  const { api } = useBoard();
  const [rules, setRules] = useState<readonly RuleSummary[] | null>(null);
  const [failed, setFailed] = useState('');
  const [text, setText] = useState('');
  /** Another set came into force: the list is loaded again. */
  const [readings, setReadings] = useState(0);
  useEffect(() => {
    let wanted = true;
    async function load(): Promise<void> {
      const all: RuleSummary[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.rules(cursor);
        all.push(...page.items);
        cursor = page.cursor ?? undefined;
      } while (cursor !== undefined);
      if (wanted)
        setRules(
          all.sort((a, b) => severityRank(b.severity) - severityRank(a.severity) || a.title.localeCompare(b.title)),
        );
    }
    load().catch((error: unknown) => {
      if (wanted) setFailed(failureText(error));
    });
    return () => {
      wanted = false;
    };
  }, [api, readings]);
  const words = plain(text)
    .split(/\s+/)
    .filter((w) => w !== '');
  const found = (rules ?? []).filter((rule) => {
    if (words.length === 0) return true;
    const hay = plain(
      [rule.id, rule.title, rule.titleVi, ...rule.tags, ...Object.values(rule.logsource), rule.file, rule.author].join(
        ' ',
      ),
    );
    return words.every((w) => hay.includes(w));
  });
  const list = found.slice(0, shownMax);
  const opened = (rules ?? []).find((rule) => rule.id === id);
  const shown = opened === undefined || list.includes(opened) ? list : [opened, ...list];
  return (
    <Shell section="rules">
      <main id="main" class="page">
        <div class="bar">
          <h1>{t('nav.rules')}</h1>
          <p class="sum">
            {rules === null
              ? ''
              : t('rules.sum', { n: number(found.length, language.value), of: number(rules.length, language.value) })}
          </p>
          <div class="tools">
            <span class="find">
              <Icon name="search" small />
              <FindField label={t('rules.filter')} text={text} changed={setText} />
            </span>
          </div>
        </div>
        <RuleSet loaded={() => setReadings(readings + 1)} />
        {failed === '' ? null : (
          <p class="cutnote" data-tone="bad">
            {failed}
          </p>
        )}
        {rules === null && failed === '' ? <p class="empty">{t('loading')}</p> : null}
        {id !== '' && rules !== null && opened === undefined ? (
          <div class="pane lone">
            <RuleText id={id} title />
            <button class="btn" type="button" onClick={() => go('/rules')}>
              {t('rules.all')}
            </button>
          </div>
        ) : null}
        <ul class="pane rules">
          {shown.map((rule) => (
            <Row key={rule.id} rule={rule} open={rule.id === id} />
          ))}
          {rules !== null && found.length === 0 ? <li class="empty">{t('rules.none')}</li> : null}
        </ul>
        {found.length > shownMax ? <p class="cutnote">{t('rules.cut', { n: shownMax, of: found.length })}</p> : null}
      </main>
      <StatusBar />
    </Shell>
  );
}
