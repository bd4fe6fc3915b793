/** The client certificates a source is recognised by on the ports with TLS, one a line. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SourceWatchView } from '../../../../src/contract/sources.ts';
import { certificateFault } from '../../../../src/model/certificate-name.ts';
import { useBoard } from '../board.ts';
import { t } from '../i18n/index.ts';
import type { Agreeing } from './agree.ts';

function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => line.normalize('NFC').trim());
}

/** What is wrong with the first wrong line; '' when nothing. */
function faultIn(text: string): string {
  for (const [i, line] of linesOf(text).entries()) {
    const fault = certificateFault(line);
    if (fault !== null) return t('crt.line', { n: i + 1, what: t(`crt.${fault}`) });
  }
  return '';
}

function Help(): JSX.Element {
  return (
    <details class="help">
      <summary>{t('crt.how')}</summary>
      <p class="sub">{t('crt.howFingerprint')}</p>
      <pre class="mono">openssl x509 -in thiet-bi.crt -noout -fingerprint -sha256</pre>
      <p class="sub">{t('crt.howName')}</p>
      <pre class="mono">openssl x509 -in thiet-bi.crt -noout -subject -ext subjectAltName</pre>
      <p class="sub">{t('crt.howRemote')}</p>
      <pre class="mono">
        {'openssl s_client -connect 10.1.0.9:443 </dev/null | openssl x509 -noout -fingerprint -sha256'}
      </pre>
    </details>
  );
}

function Edit({ source, agreeing }: { readonly source: SourceWatchView; readonly agreeing: Agreeing }): JSX.Element {
  const before = source.certificates.join('\n');
  const [text, setText] = useState(before);
  /** A person is told what is wrong when they are done, and from then on as they mend it. */
  const [isTold, setIsTold] = useState(false);
  const fault = isTold ? faultIn(text) : '';
  return (
    <form
      class="agreed"
      onSubmit={(event) => {
        event.preventDefault();
        setIsTold(true);
        if (faultIn(text) !== '') return;
        const certificates = linesOf(text).filter((line) => line !== '');
        void agreeing.put({ what: 'certificates', body: { certificates } });
      }}
    >
      <label class="rs">
        <span class="sub">{t('crt.label')}</span>
        <textarea
          class="field mono"
          rows={Math.min(12, Math.max(2, 2 * source.certificates.length))}
          spellcheck={false}
          autocomplete="off"
          aria-describedby="crt-fault crt-hint"
          aria-invalid={fault !== ''}
          value={text}
          onBlur={() => setIsTold(true)}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p class={fault === '' ? '' : 'fault'} id="crt-fault" role="alert">
        {fault}
      </p>
      <p class="sub" id="crt-hint">
        {t('crt.hint')}
      </p>
      <button class="btn" type="submit" disabled={agreeing.busy || text === before}>
        {t('crt.save')}
      </button>
      <Help />
    </form>
  );
}

export function Certificates({
  source,
  agreeing,
}: {
  readonly source: SourceWatchView;
  readonly agreeing: Agreeing;
}): JSX.Element {
  const board = useBoard();
  return (
    <section aria-labelledby="crt-h">
      <h3 id="crt-h">{t('crt.title')}</h3>
      <p class="sub">{source.certificates.length === 0 ? t('crt.none') : t('crt.some')}</p>
      {board.may('sources') ? (
        <Edit source={source} agreeing={agreeing} />
      ) : (
        <ul class="certlist">
          {source.certificates.map((name) => (
            <li key={name} class="mono">
              {name}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
