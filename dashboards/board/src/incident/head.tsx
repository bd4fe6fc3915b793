import type { JSX } from 'preact';
import type { IncidentCard } from '../../../../src/contract/api.ts';
import type { IncidentState } from '../../../../src/model/incident.ts';
import { type Board, useBoard } from '../board.ts';
import { isClosed } from '../closed.ts';
import { isReal } from '../filters.ts';
import { dateTimeZone, machineTime } from '../format.ts';
import { t, titleOf } from '../i18n/index.ts';
import { SeverityMark } from '../icons.tsx';
import { Age, DrillMark, Level, Who } from '../parts/marks.tsx';
import { severityRank } from '../severity.ts';
import { focusOn } from './focus.ts';

const steps: readonly IncidentState[] = ['new', 'triage', 'investigating', 'contained'];

function Steps({ card }: { readonly card: IncidentCard }): JSX.Element {
  const board = useBoard();
  const closed = isClosed(card.state);
  const at = closed ? steps.length : steps.indexOf(card.state);
  const may = board.may('handle');
  function move(state: IncidentState): void {
    if (state !== card.state) void board.act(card, { action: 'state', version: card.version, state });
  }
  return (
    <ol class="steps" id="steps" aria-label={t('steps')}>
      {steps.map((state, i) => (
        <li key={state} aria-current={i === at ? 'step' : undefined} data-done={i < at ? '' : undefined}>
          <button
            type="button"
            disabled={!may}
            data-next={i === at + 1 || (closed && state === 'investigating') ? '' : undefined}
            onClick={() => move(state)}
          >
            {t(`state.${state}`)}
          </button>
        </li>
      ))}
      <li aria-current={closed ? 'step' : undefined}>
        <button
          type="button"
          disabled={!may}
          data-next={at === steps.length - 1 ? '' : undefined}
          onClick={() => focusOn('verdict')}
        >
          {closed ? t(`state.${card.state}`) : t('state.closing')}
        </button>
      </li>
    </ol>
  );
}

export function Head({ card }: { readonly card: IncidentCard }): JSX.Element {
  const board = useBoard();
  const me = board.me.value;
  const mine = me !== null && card.assignee === me.name;
  return (
    <div class="head" data-sev={severityRank(card.severity)}>
      <div class="head-in">
        <p class="crumb">
          <a href="/">{t('nav.board')}</a> / {t(`state.${card.state}`)} / <span class="num">{card.code}</span>
        </p>
        <div class="h1row">
          <h1>{titleOf(card)}</h1>
          {board.may('handle') ? (
            <div class="acts">
              {mine || isClosed(card.state) ? null : (
                <button class="btn btn-1" type="button" onClick={() => take(board, card)}>
                  {card.assignee === '' ? t('act.take') : t('act.takeOver')} <kbd>A</kbd>
                </button>
              )}
              <button class="btn" type="button" onClick={() => focusOn('assign')}>
                {t('act.assign')} <kbd>M</kbd>
              </button>
              <button class="btn" type="button" onClick={() => focusOn('note')}>
                {t('act.note')} <kbd>N</kbd>
              </button>
            </div>
          ) : null}
        </div>
        <div class="facts">
          <SeverityMark severity={card.severity} />
          {isReal(card) ? null : <DrillMark lane={card.lane} />}
          <span>
            {card.orgName === '' ? t('org.unknown') : card.orgName.normalize('NFC')} ·{' '}
            <b>{card.systemName === '' ? t('system.unknown') : card.systemName.normalize('NFC')}</b>
          </span>
          <Level level={card.systemLevel} />
          <span>
            {t('facts.opened')} <time dateTime={machineTime(card.openedMs)}>{dateTimeZone(card.openedMs)}</time>,{' '}
            <b>
              <Age ms={card.openedMs} />
            </b>{' '}
            {t('ago')}
          </span>
          <span class="assignee">
            <Who name={card.assignee} /> {card.assignee === '' ? t('who.nobodyYet') : card.assignee}
          </span>
        </div>
        <Steps card={card} />
        {isClosed(card.state) && card.reason !== '' ? <p class="reason">{card.reason}</p> : null}
      </div>
    </div>
  );
}

/** Makes the incident mine. */
export function take(board: Board, card: IncidentCard): boolean {
  const me = board.me.value;
  if (me === null || !board.may('handle')) return false;
  if (card.assignee !== me.name) void board.act(card, { action: 'assign', version: card.version, assignee: me.name });
  return true;
}
