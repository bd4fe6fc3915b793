/** One source: what is broken, how it is read, its clock, what it owes. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { SourceWatchView } from '../../../../src/contract/sources.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../icons.tsx';
import { useAgree } from './agree.ts';
import { Breaches } from './breaches.tsx';
import { Certificates } from './certificates.tsx';
import { Clock } from './clock.tsx';
import { Contract } from './contract.tsx';
import { Format } from './format.tsx';
import { Said } from './said.tsx';

export function SourceDetail({
  source,
  changed,
}: {
  readonly source: SourceWatchView;
  readonly changed: (view: SourceWatchView) => void;
}): JSX.Element {
  const agreeing = useAgree(source, changed);
  const head = useRef<HTMLHeadingElement>(null);
  // At once: later it would take the focus from where somebody has gone on to meanwhile.
  useLayoutEffect(() => head.current?.focus(), []);
  return (
    <article class="pane srcdetail" aria-labelledby="src-h">
      <header>
        <h2 id="src-h" ref={head} tabIndex={-1}>
          {source.name.normalize('NFC')}
        </h2>
        <span class="mono dim">{source.id}</span>
        <a class="btn btn-0 end" href="/sources">
          <Icon name="left" small />
          {t('src.back')}
        </a>
      </header>
      <div class="parts">
        <Said agreeing={agreeing} />
        <Breaches breaches={source.breaches} />
        <Format source={source} agreeing={agreeing} />
        <Clock key={`${source.timeCorrection === null}`} source={source} agreeing={agreeing} />
        <Certificates key={source.certificates.join('\n')} source={source} agreeing={agreeing} />
        <Contract source={source} agreeing={agreeing} />
      </div>
    </article>
  );
}
