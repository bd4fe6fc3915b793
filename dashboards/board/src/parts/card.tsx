/** One incident on the board. The title is the link and covers the card; the card itself never takes the focus twice. */
import type { JSX } from 'preact';
import type { IncidentCard } from '../../../../src/contract/api.ts';
import { useBoard } from '../board.ts';
import { isReal } from '../filters.ts';
import { shortCode } from '../format.ts';
import { machines } from '../hosts.ts';
import { t, titleOf } from '../i18n/index.ts';
import { Icon, SeverityMark } from '../icons.tsx';
import { severityRank } from '../severity.ts';
import { Age, Count, DrillMark, Level, Who } from './marks.tsx';

export function Card({ card }: { readonly card: IncidentCard }): JSX.Element {
  const { selected } = useBoard();
  const hosts = machines(card.hosts.length > 0 ? card.hosts : card.entity === '' ? [] : [card.entity]);
  const drill = !isReal(card);
  const code = shortCode(card.code);
  const prefix = code.slice(0, code.indexOf('-') + 1);
  return (
    <article
      class="card"
      data-id={card.id}
      data-sev={severityRank(card.severity)}
      data-drill={drill ? '' : undefined}
      data-focus={selected.value === card.id ? '' : undefined}
    >
      <p class="c1">
        <SeverityMark severity={card.severity} />
        <span class="num dim" title={card.code}>
          {prefix === '' ? null : <span class="pre">{prefix}</span>}
          {code.slice(prefix.length)}
        </span>
        <Age class="age" ms={card.openedMs} />
      </p>
      <h3>
        <a
          href={`/incidents/${encodeURIComponent(card.id)}`}
          title={titleOf(card)}
          onFocus={() => {
            selected.value = card.id;
          }}
        >
          {titleOf(card)}
        </a>
      </h3>
      <p class="c2" title={card.orgName}>
        {card.orgName === '' ? t('org.unknown') : card.orgName.normalize('NFC')}
      </p>
      <p class="c3">
        <span class="c3n" title={card.systemName}>
          {card.systemName === '' ? t('system.unknown') : card.systemName.normalize('NFC')}
        </span>
        <Level level={card.systemLevel} />
      </p>
      <p class="ents">
        {hosts.length === 0 ? null : (
          <span class="ent" title={hosts.join(', ')}>
            {hosts[0]}
          </span>
        )}
        {hosts.length > 1 ? <span class="dim num">+{hosts.length - 1}</span> : null}
        <span class="cnts">
          <Count n={card.alerts} noun={t('count.alerts', { n: card.alerts })}>
            <Icon name="bell" small />
          </Count>
          {card.comments > 0 ? (
            <Count n={card.comments} noun={t('count.comments', { n: card.comments })}>
              <Icon name="note" small />
            </Count>
          ) : null}
        </span>
      </p>
      <p class="c4">
        <Who name={card.assignee} />
        <span class="c4n">{card.assignee === '' ? t('who.nobodyYet') : card.assignee}</span>
        <span class="c4t dim" title={t('card.lastHint')}>
          <Icon name="clock" small />
          <Age ms={card.lastEventMs} />
        </span>
      </p>
      {drill ? (
        <p class="cnote" data-drill>
          <DrillMark lane={card.lane} />
        </p>
      ) : null}
    </article>
  );
}
