/** "Thử luật": a rule and a pasted line, tried in this browser; what is wrong with the rule, whether it hits, and why. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { MappingsView } from '../../../../src/contract/api.ts';
import type { RuleSummary } from '../api-client.ts';
import { useBoard } from '../board.ts';
import { plain } from '../format.ts';
import { failureText, t, titleOf } from '../i18n/index.ts';
import { SeverityMark } from '../icons.tsx';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { Tried } from '../parts/tried.tsx';
import { go, place } from '../router.ts';
import { example } from '../try/example.ts';
import { type Answer, createTrier, type TrialWorker, type Trier } from '../try/trier.ts';
import '../styles/try.css';
import { FindField } from '../parts/find-field.tsx';

/** Characters that are tried; more are not sent to the engine, and it says so. */
const ruleCharsMax = 65_536;
const lineCharsMax = 131_072;
/** Pause in typing before a trial. */
const typingMs = 180;
const trialMs = 5000;
/** Rules offered for what is typed. */
const offeredMax = 8;

function openWorker(): TrialWorker {
  const worker = new Worker(new URL('../try/worker.ts', import.meta.url), { type: 'module' });
  // A browser's events say more than is used here.
  const own: TrialWorker = {
    onmessage: null,
    onerror: null,
    postMessage: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
  };
  worker.onmessage = (event) => own.onmessage?.({ data: event.data });
  worker.onerror = (event) => own.onerror?.({ message: event.message });
  return own;
}

/** Looks a running rule up by its name and takes its text. */
function Picker({ take }: { readonly take: (id: string) => void }): JSX.Element {
  const { api } = useBoard();
  const [rules, setRules] = useState<readonly RuleSummary[] | null>(null);
  const [text, setText] = useState('');
  const [failed, setFailed] = useState('');
  async function load(): Promise<void> {
    if (rules !== null) return;
    try {
      const all: RuleSummary[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.rules(cursor);
        all.push(...page.items);
        cursor = page.cursor ?? undefined;
      } while (cursor !== undefined);
      setRules(all);
    } catch (error) {
      setFailed(failureText(error));
    }
  }
  const words = plain(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  const found =
    words.length === 0
      ? []
      : (rules ?? []).filter((rule) => {
          const hay = plain(`${rule.id} ${rule.title} ${rule.titleVi}`);
          return words.every((word) => hay.includes(word));
        });
  return (
    <div class="picker">
      <FindField label={t('try.pick')} text={text} changed={setText} focused={() => void load()} />
      {failed === '' ? null : <p class="cutnote">{failed}</p>}
      {words.length > 0 && rules !== null ? (
        <ul class="offers">
          {found.slice(0, offeredMax).map((rule) => (
            <li key={rule.id}>
              <button
                class="btn btn-0"
                type="button"
                onClick={() => {
                  setText('');
                  take(rule.id);
                }}
              >
                <SeverityMark severity={rule.severity} />
                {titleOf(rule)}
              </button>
            </li>
          ))}
          {found.length === 0 ? <li class="empty">{t('try.pickNone')}</li> : null}
          {found.length > offeredMax ? <li class="dim">{t('why.more', { n: found.length - offeredMax })}</li> : null}
        </ul>
      ) : null}
    </div>
  );
}

function Overlong({ n, max, what }: { readonly n: number; readonly max: number; readonly what: 'rule' | 'line' }) {
  if (n <= max) return null;
  return (
    <p class="cutnote" data-tone="bad" role="alert">
      {what === 'rule' ? t('try.tooLongRule', { n, max }) : t('try.tooLongLine', { n, max })}
    </p>
  );
}

export function TryPage(): JSX.Element {
  const { api } = useBoard();
  const [rule, setRule] = useState('');
  const [line, setLine] = useState('');
  const [parser, setParser] = useState('auto');
  const [parsers, setParsers] = useState<readonly string[]>(['auto']);
  const [mappings, setMappings] = useState<MappingsView | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failed, setFailed] = useState('');
  const trier = useRef<Trier | null>(null);
  const wanted = useMemo(() => new URLSearchParams(place.value.query).get('rule') ?? '', [place.value.query]);

  useEffect(() => {
    if (wanted === '') return;
    let isWanted = true;
    api.rule(wanted).then(
      ({ text }) => {
        if (!isWanted) return;
        setRule(text);
        setFailed('');
      },
      (error: unknown) => {
        if (isWanted) setFailed(failureText(error));
      },
    );
    return () => {
      isWanted = false;
    };
  }, [api, wanted]);

  useEffect(() => {
    let here = true;
    api.mappings().then(
      (view) => {
        if (!here) return;
        setMappings(view);
        trier.current = createTrier({
          open: openWorker,
          mappings: view,
          answered: setAnswer,
          ready: setParsers,
          trialMs,
        });
        // Fetched and started at once, so that the first key is answered as fast as the last.
        trier.current.try({ rule: '', line: '', parser: 'auto' });
      },
      (error: unknown) => {
        if (here) setFailed(failureText(error));
      },
    );
    return () => {
      here = false;
      trier.current?.close();
      trier.current = null;
    };
  }, [api]);

  const tooLong = rule.length > ruleCharsMax || line.length > lineCharsMax;
  useEffect(() => {
    if (tooLong || mappings === null) return;
    const timer = setTimeout(() => trier.current?.try({ rule, line, parser }), typingMs);
    return () => clearTimeout(timer);
  }, [rule, line, parser, tooLong, mappings]);

  return (
    <Shell section="try">
      <main id="main" class="page">
        <div class="bar">
          <h1>{t('nav.try')}</h1>
          <p class="sum">{t('try.what')}</p>
          <div class="tools">
            <Picker take={(id) => go(`/try?rule=${encodeURIComponent(id)}`)} />
            <button
              class="btn"
              type="button"
              onClick={() => {
                setRule(example.rule);
                setLine(example.line);
                setParser('auto');
              }}
            >
              {t('try.example')}
            </button>
            <button
              class="btn"
              type="button"
              onClick={() => {
                setRule('');
                setLine('');
                if (wanted !== '') go('/try');
              }}
            >
              {t('try.clear')}
            </button>
          </div>
        </div>
        {failed === '' ? null : (
          <p class="cutnote" data-tone="bad" role="alert">
            {failed}
          </p>
        )}
        <div class="try">
          <section class="pane asked">
            <label class="lab" for="try-rule">
              {t('try.rule')}
            </label>
            <textarea
              id="try-rule"
              class="field mono rule-in"
              spellcheck={false}
              autocomplete="off"
              value={rule}
              onInput={(event) => setRule(event.currentTarget.value)}
            />
            <Overlong n={rule.length} max={ruleCharsMax} what="rule" />
            <div class="lab">
              <label for="try-line">{t('try.line')}</label>
              <label class="to-end">
                <span class="dim">{t('try.parser')}</span>{' '}
                <select class="field" value={parser} onChange={(event) => setParser(event.currentTarget.value)}>
                  {parsers.map((id) => (
                    <option key={id} value={id}>
                      {id === 'auto' ? t('try.auto') : id}
                    </option>
                  ))}
                </select>
              </label>
            </div>
            <textarea
              id="try-line"
              class="field mono line-in"
              spellcheck={false}
              autocomplete="off"
              value={line}
              onInput={(event) => setLine(event.currentTarget.value)}
            />
            <Overlong n={line.length} max={lineCharsMax} what="line" />
            {mappings === null ? null : (
              <p class="credits">{t('try.mappings', { n: mappings.all.length, version: mappings.version })}</p>
            )}
          </section>
          <section class="answered" aria-live="polite">
            {answer === null ? (
              <p class="empty">{failed === '' ? t('try.starting') : ''}</p>
            ) : answer.kind === 'tried' ? (
              <Tried judgement={answer.judgement} hasRule={rule.trim() !== ''} />
            ) : (
              <p class="cutnote" data-tone="bad" role="alert">
                {answer.kind === 'tooLong'
                  ? t('try.tooSlow', { n: trialMs / 1000 })
                  : t('try.broke', { why: answer.message })}
              </p>
            )}
          </section>
        </div>
      </main>
      <StatusBar />
    </Shell>
  );
}
