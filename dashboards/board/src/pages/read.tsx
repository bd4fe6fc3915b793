/** "Đọc thử nhật ký": what a new source's lines will be read as, and a mapping for those whose names are their own. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LineTrial } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { failureText, t } from '../i18n/index.ts';
import { Shell } from '../parts/shell.tsx';
import { StatusBar } from '../parts/sources.tsx';
import { readExample } from '../read/example.ts';
import { Outcome } from '../read/outcome.tsx';
import { Wizard } from '../read/wizard.tsx';
import '../styles/try.css';

/** Pause in typing before the server is asked. */
const typingMs = 350;
/** Characters sent; the server takes 64 KiB of JSON. */
const charsMax = 40_000;

export function ReadPage(): JSX.Element {
  const { api } = useBoard();
  const [text, setText] = useState('');
  const [parser, setParser] = useState('auto');
  const [mapping, setMapping] = useState('');
  const [trial, setTrial] = useState<LineTrial | null>(null);
  const [failed, setFailed] = useState('');
  const [chosen, setChosen] = useState(0);
  const lines = trial?.lines ?? [];
  const at = Math.max(0, Math.min(chosen, lines.length - 1));
  const tooLong = text.length + mapping.length > charsMax;

  useEffect(() => {
    if (tooLong) return;
    const asked = new AbortController();
    const timer = setTimeout(() => {
      api.readLines({ text, parser, mapping }, asked.signal).then(
        (answer) => {
          setTrial(answer);
          setFailed('');
        },
        (error: unknown) => {
          if (!asked.signal.aborted) setFailed(failureText(error));
        },
      );
    }, typingMs);
    return () => {
      clearTimeout(timer);
      asked.abort();
    };
  }, [api, text, parser, mapping, tooLong]);

  return (
    <Shell section="read">
      <main id="main" class="page">
        <div class="bar">
          <h1>{t('nav.read')}</h1>
          <p class="sum">{t('read.what')}</p>
          <div class="tools">
            <button class="btn" type="button" onClick={() => setText(readExample)}>
              {t('try.example')}
            </button>
            <button
              class="btn"
              type="button"
              onClick={() => {
                setText('');
                setMapping('');
                setParser('auto');
              }}
            >
              {t('try.clear')}
            </button>
          </div>
        </div>
        {failed === '' && !tooLong ? null : (
          <p class="cutnote" data-tone="bad" role="alert">
            {tooLong ? t('read.tooLong', { n: text.length + mapping.length, max: charsMax }) : failed}
          </p>
        )}
        <div class="try">
          <section class="pane asked">
            <div class="lab">
              <label for="read-text">{t('read.text')}</label>
              <label class="to-end">
                <span class="dim">{t('read.parser')}</span>{' '}
                <select class="field" value={parser} onChange={(event) => setParser(event.currentTarget.value)}>
                  {(trial?.parsers ?? ['auto']).map((id) => (
                    <option key={id} value={id}>
                      {id === 'auto' ? t('try.auto') : id}
                    </option>
                  ))}
                </select>
              </label>
            </div>
            <textarea
              id="read-text"
              class="field mono read-in"
              spellcheck={false}
              autocomplete="off"
              data-slash
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
            <details>
              <summary>{t('read.wizard')}</summary>
              <p class="sub">{t('read.wizardWhat')}</p>
              <Wizard lines={lines.filter(({ parser: by }) => by === lines[at]?.parser)} made={setMapping} />
            </details>
            <label class="lab" for="read-mapping">
              {t('read.mapping')}
            </label>
            <textarea
              id="read-mapping"
              class="field mono line-in"
              spellcheck={false}
              autocomplete="off"
              value={mapping}
              onInput={(event) => setMapping(event.currentTarget.value)}
            />
            {(trial?.problems ?? []).map(({ line, column, message }) => (
              <p key={`${line}:${column}:${message}`} class="cutnote" data-tone="bad" role="alert">
                {t('try.at', { line, column })}: {message}
              </p>
            ))}
            {mapping === '' || (trial?.problems.length ?? 0) > 0 ? null : <p class="credits">{t('read.use')}</p>}
          </section>
          <section class="answered" aria-live="polite">
            {trial === null ? (
              <p class="empty">{failed === '' ? t('loading') : ''}</p>
            ) : (
              <Outcome trial={trial} at={at} setAt={setChosen} />
            )}
          </section>
        </div>
      </main>
      <StatusBar />
    </Shell>
  );
}
