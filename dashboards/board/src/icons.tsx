/** The drawn signs: one sheet in the page, used by id. 16 px grid, 1.5 px stroke; severity is a shape of its own each. */
import type { JSX } from 'preact';
import type { Severity } from '../../../src/model/severity.ts';
import { t } from './i18n/index.ts';
import { severityRank } from './severity.ts';

export type IconName =
  | 'bell'
  | 'check'
  | 'clock'
  | 'cross'
  | 'down'
  | 'file'
  | 'filter'
  | 'host'
  | 'keys'
  | 'left'
  | 'lock'
  | 'logo'
  | 'mail'
  | 'minus'
  | 'net'
  | 'note'
  | 'pause'
  | 'play'
  | 'plus'
  | 'right'
  | 'search'
  | 'theme'
  | 'up'
  | 'user';

const paths: Readonly<Record<Exclude<IconName, 'logo'>, string>> = {
  bell: 'M3 12h10l-1.3-2V7a3.7 3.7 0 0 0-7.4 0v3zM6.7 14h2.6',
  check: 'm3 8.5 3.3 3.2L13 4.5',
  clock: 'M8 2.25a5.75 5.75 0 1 0 0 11.5a5.75 5.75 0 1 0 0-11.5M8 4.8V8l2.2 1.6',
  cross: 'm4 4 8 8M12 4l-8 8',
  down: 'm4 6.5 4 4 4-4',
  file: 'M3.5 2h6l3 3v9h-9zM9.5 2v3h3',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  host: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h0M5 11h0',
  keys: 'M2 4h12v8H2zM4.5 6.5h0M7 6.5h0M9.5 6.5h0M11.5 6.5h0M5 9.5h6',
  left: 'm9.5 4-4 4 4 4',
  lock: 'M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  mail: 'M2 3.75h12v8.5H2zM2.4 4.2 8 9l5.6-4.8',
  minus: 'M3 8h10',
  net: 'M8 2.25a5.75 5.75 0 1 0 0 11.5a5.75 5.75 0 1 0 0-11.5M2.5 8h11M8 2.3c-3.4 3.6-3.4 7.8 0 11.4 3.4-3.6 3.4-7.8 0-11.4',
  note: 'M2.5 3h11v8h-6l-3 2.5V11h-2z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3v10l8-5z',
  plus: 'M8 3v10M3 8h10',
  right: 'm6.5 4 4 4-4 4',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5l3.5 3.5',
  theme: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 2.5v11M10.5 3.5v9M12.5 5.5v5',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  user: 'M8 2.8a2.7 2.7 0 1 0 0 5.4a2.7 2.7 0 1 0 0-5.4M2.8 13.5c.6-2.6 2.6-3.8 5.2-3.8s4.6 1.2 5.2 3.8',
};

/** Drawn once at the top of the page. */
export function IconSheet(): JSX.Element {
  return (
    <svg class="sheet" width="0" height="0" aria-hidden="true">
      {Object.entries(paths).map(([name, d]) => (
        <symbol key={name} id={`i-${name}`} viewBox="0 0 16 16">
          <path d={d} />
        </symbol>
      ))}
      <symbol id="i-logo" viewBox="0 0 22 22">
        <path d="M4 7h14L11 2.5z" fill="currentColor" />
        <path
          d="M6 7v5h10V7M7.5 12 5 20M14.5 12 17 20M6.3 16h9.4"
          fill="none"
          stroke="currentColor"
          stroke-width="1.6"
        />
        <path d="M9 9.5h4" stroke="currentColor" stroke-width="1.8" />
      </symbol>
      <symbol id="f-live" viewBox="0 0 12 12">
        <circle cx="6" cy="6" r="2.4" fill="currentColor" />
        <circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" stroke-width="1.3" />
      </symbol>
      <symbol id="f-resuming" viewBox="0 0 12 12">
        <path d="M6 1a5 5 0 0 1 0 10" fill="none" stroke="currentColor" stroke-width="1.6" />
      </symbol>
      <symbol id="f-lost" viewBox="0 0 12 12">
        <path d="m2 2 8 8M10 2l-8 8" fill="none" stroke="currentColor" stroke-width="1.8" />
      </symbol>
      <symbol id="s1" viewBox="0 0 14 14">
        <path d="M2.5 6h9v2h-9z" />
      </symbol>
      <symbol id="s2" viewBox="0 0 14 14">
        <circle cx="7" cy="7" r="5" fill="none" stroke-width="1.75" />
      </symbol>
      <symbol id="s3" viewBox="0 0 14 14">
        <path d="M1.75 1.75h10.5v10.5H1.75z" fill="none" stroke-width="1.5" />
        <path d="M1.75 7h10.5v5.25H1.75z" />
      </symbol>
      <symbol id="s4" viewBox="0 0 14 14">
        <path d="M7 1 14 13H0z" />
      </symbol>
      <symbol id="s5" viewBox="0 0 14 14">
        <path d="M7 0 14 7 7 14 0 7z" />
        <path class="cut" d="M6.2 3.2h1.6L7.5 8h-1z M6.2 9h1.6v1.6H6.2z" />
      </symbol>
    </svg>
  );
}

export function Icon({ name, small = false }: { readonly name: IconName; readonly small?: boolean }): JSX.Element {
  return (
    <svg class={small ? 'i i-s' : 'i'} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}

/** Glyph and word, always both; `quiet` keeps the word for screen readers only. */
export function SeverityMark({
  severity,
  quiet = false,
}: {
  readonly severity: Severity;
  readonly quiet?: boolean;
}): JSX.Element {
  const rank = severityRank(severity);
  const word = t(`sev.${severity}`);
  return (
    <span class="sev" data-sev={rank} title={quiet ? word : undefined}>
      <svg aria-hidden="true">
        <use href={`#s${rank}`} />
      </svg>
      {quiet ? <span class="vh">{word}</span> : word}
    </span>
  );
}
