/** How a source's lines are read: what was detected, what is confirmed, in which encoding. */
import type { JSX } from 'preact';
import type { SourceWatchView } from '../../../../src/contract/sources.ts';
import type { TextEncoding } from '../../../../src/model/source.ts';
import { useBoard } from '../board.ts';
import { number } from '../format.ts';
import { language, t } from '../i18n/index.ts';
import type { Agreeing } from './agree.ts';

const encodings: readonly TextEncoding[] = ['utf-8', 'windows-1258', 'tcvn3', 'viscii', 'vni'];
/** From this share on a source's unread lines are worth a word. */
const rawShareMin = 0.01;

function Detected({ source }: { readonly source: SourceWatchView }): JSX.Element {
  const l = language.value;
  if (source.detectedRows === 0) return <p class="sub">{t('fmt.nothing')}</p>;
  return (
    <>
      <p>
        {source.candidate === ''
          ? t('fmt.noCandidate')
          : t('fmt.detected', {
              parser: source.candidate,
              share: number(source.candidateShare * 100, l, 1),
              n: source.detectedRows,
            })}
      </p>
      <ul class="detected">
        {source.detected.map(({ parser, rows }) => (
          <li key={parser}>
            <span class="mono">{parser}</span> <span class="num dim">{t('fmt.rows', { n: rows })}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Format({
  source,
  agreeing,
}: {
  readonly source: SourceWatchView;
  readonly agreeing: Agreeing;
}): JSX.Element {
  const board = useBoard();
  const may = board.may('sources');
  const isPinned = source.parser !== 'auto';
  return (
    <section aria-labelledby="fmt-h">
      <h3 id="fmt-h">{t('fmt.title')}</h3>
      {isPinned ? <p>{t('fmt.isPinned', { parser: source.parser })}</p> : null}
      <Detected source={source} />
      {source.rawShare < rawShareMin ? null : (
        <p class="warn">{t('fmt.raw', { share: number(source.rawShare * 100, language.value, 1) })}</p>
      )}
      {may ? (
        <p class="doing">
          {source.candidate === '' || source.candidate === source.parser ? null : (
            <button
              class="btn"
              type="button"
              disabled={agreeing.busy}
              onClick={() => void agreeing.put({ what: 'parser', body: { parser: source.candidate } })}
            >
              {t('fmt.confirm', { parser: source.candidate })}
            </button>
          )}
          {isPinned ? (
            <button
              class="btn btn-0"
              type="button"
              disabled={agreeing.busy}
              onClick={() => void agreeing.put({ what: 'parser', body: { parser: 'auto' } })}
            >
              {t('fmt.unpin')}
            </button>
          ) : null}
        </p>
      ) : null}
      <label class="rs">
        <span class="sub">{t('fmt.encoding')}</span>
        <select
          class="field"
          value={source.encoding}
          disabled={!may || agreeing.busy}
          onChange={(event) => {
            const encoding = encodings.find((each) => each === event.currentTarget.value) ?? null;
            void agreeing.put({ what: 'encoding', body: { encoding } });
          }}
        >
          <option value="">{t('fmt.encodingAuto')}</option>
          {encodings.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
