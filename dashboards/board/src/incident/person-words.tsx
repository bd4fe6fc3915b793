import type { ComponentChildren } from 'preact';
import type { HistoryRow } from '../../../../src/contract/api.ts';
import { didOf } from '../board.ts';
import { t } from '../i18n/index.ts';

/** What a person did, in words. */
export function personWords(row: HistoryRow): ComponentChildren {
  const field = (name: string): string => {
    const value = row.document[name];
    return typeof value === 'string' ? value : '';
  };
  switch (didOf(row.action)) {
    case 'state': {
      const state = stateName(field('state'));
      return (
        <>
          {t('person.state')} <b>{state}</b>
          {field('reason') === '' ? null : <p class="said">{field('reason')}</p>}
        </>
      );
    }
    case 'assign':
      return field('assignee') === '' ? (
        t('person.unassign')
      ) : field('assignee') === row.actor ? (
        t('person.take')
      ) : (
        <>
          {t('person.assign')} <b>{field('assignee')}</b>
        </>
      );
    case 'comment':
      return (
        <>
          {t('person.comment')}
          <p class="said">{field('text')}</p>
        </>
      );
    default:
      return row.action === 'opened' ? t('person.opened') : row.action;
  }
}

function stateName(state: string): string {
  switch (state) {
    case 'new':
    case 'triage':
    case 'investigating':
    case 'contained':
    case 'resolved':
    case 'false_positive':
      return t(`state.${state}`);
    default:
      return state;
  }
}
