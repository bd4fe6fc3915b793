/** Small marks of the kit: a person's tile, a system's level, a moment, an age, the drill label. */
import { computed } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useBoard } from '../board.ts';
import { dateTimeZone, dayMark, hourMinute, initials, machineTime, span, time } from '../format.ts';
import { language, t } from '../i18n/index.ts';

export function Who({ name }: { readonly name: string }): JSX.Element {
  const { me } = useBoard();
  if (name === '') {
    return (
      <span class="who" data-none title={t('who.nobody')}>
        –<span class="vh">{t('who.nobody')}</span>
      </span>
    );
  }
  return (
    <span class="who" data-here={name === me.value?.name ? '' : undefined} title={name}>
      <span aria-hidden="true">{initials(name)}</span>
      <span class="vh">{name}</span>
    </span>
  );
}

export function Level({ level }: { readonly level: number }): JSX.Element | null {
  if (level < 1) return null;
  return (
    <span class="lvl">
      <i style={{ '--n': String(level) }} aria-hidden="true" />
      {t('level', { n: level })}
    </span>
  );
}

/** A moment; its day above it unless it is today, the whole date and zone on hover and for machines. */
export function Moment({ ms, short = false }: { readonly ms: number; readonly short?: boolean }): JSX.Element {
  const { minute } = useBoard();
  const day = dayMark(ms, minute.value);
  return (
    <time dateTime={machineTime(ms)} title={dateTimeZone(ms)}>
      {day === '' ? null : <span class="day">{day} </span>}
      {short ? hourMinute(ms) : time(ms)}
    </time>
  );
}

/** How long since `ms`: true to the second, drawn again only when its words change. */
export function Age({ ms, class: name }: { readonly ms: number; readonly class?: string }): JSX.Element {
  const { now } = useBoard();
  const words = useMemo(() => computed(() => span(now.value - ms, language.value)), [now, ms]);
  return (
    <time class={name} dateTime={machineTime(ms)} title={dateTimeZone(ms)}>
      {words.value}
    </time>
  );
}

export function DrillMark({ lane }: { readonly lane?: string }): JSX.Element {
  return (
    <>
      <span class="drill">{t('drill')}</span>
      {lane === undefined || lane === '' ? null : <span>{t('lane', { lane })}</span>}
    </>
  );
}

/** The level of security as five pips needs no colour; counts beside an icon carry their noun for screen readers. */
export function Count({
  n,
  noun,
  children,
}: {
  readonly n: number;
  readonly noun: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class="cnt" title={noun}>
      {children}
      <span class="num" aria-hidden="true">
        {n}
      </span>
      <span class="vh">{noun}</span>
    </span>
  );
}
