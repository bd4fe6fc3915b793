/** The register of systems, as far as one may see it: whose, run by whom, at which level, fed by how many sources. */
import type { JSX } from 'preact';
import type { SystemView } from '../../../../src/contract/api.ts';
import type { SourceWatchView } from '../../../../src/contract/sources.ts';
import { number } from '../format.ts';
import { language, t } from '../i18n/index.ts';

/** `30/06/2025` of the day before `2025-07-01`. */
function lastDayOf(untilDay: string): string {
  const [year = '', month = '', day = ''] = new Date(Date.parse(untilDay) - 86_400_000)
    .toISOString()
    .slice(0, 10)
    .split('-');
  return `${day}/${month}/${year}`;
}

function Agency({ system }: { readonly system: SystemView }): JSX.Element {
  const before = system.agencies.filter(({ untilDay }) => untilDay !== '');
  return (
    <>
      {system.orgName.normalize('NFC')}
      {before.map(({ orgName, untilDay }) => (
        <span key={untilDay} class="sub">
          {t('sys.before', { name: orgName.normalize('NFC'), until: lastDayOf(untilDay) })}
        </span>
      ))}
    </>
  );
}

export function Systems({
  systems,
  sources,
}: {
  readonly systems: readonly SystemView[];
  readonly sources: readonly SourceWatchView[];
}): JSX.Element {
  return (
    <section class="pane systems" aria-labelledby="sys-h">
      <header>
        <h2 id="sys-h">{t('sys.title')}</h2>
        <span class="dim end num">{systems.length}</span>
      </header>
      {systems.length === 0 ? (
        <p class="empty">{t('sys.empty')}</p>
      ) : (
        <table class="plain srclist">
          <thead>
            <tr>
              <th scope="col">{t('sys.name')}</th>
              <th scope="col" class="r">
                {t('sys.level')}
              </th>
              <th scope="col">{t('sys.agency')}</th>
              <th scope="col">{t('sys.operator')}</th>
              <th scope="col">{t('sys.duty')}</th>
              <th scope="col" class="r">
                {t('sys.sources')}
              </th>
            </tr>
          </thead>
          <tbody>
            {systems.map((system) => (
              <tr key={system.id}>
                <th scope="row" data-is="name">
                  <b>{system.name.normalize('NFC')}</b> <span class="mono dim">{system.id}</span>
                </th>
                <td class="num r" data-label={t('sys.level')}>
                  {system.level}
                </td>
                <td data-label={t('sys.agency')}>
                  <Agency system={system} />
                </td>
                <td data-label={t('sys.operator')}>{system.operator.normalize('NFC') || '–'}</td>
                <td data-label={t('sys.duty')}>{system.duty.normalize('NFC') || '–'}</td>
                <td class="num r" data-label={t('sys.sources')}>
                  {number(sources.filter((source) => source.system === system.id).length, language.value)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
