import type { IncidentAction } from '../contract/api.ts';
import { type IncidentHandling, type IncidentState, isClosed } from '../model/incident.ts';
import type { IncidentLimits } from './limits.ts';

/** Which state may follow which. A closed incident only goes back to triage; nothing goes back to new. */
export const nextStates: Readonly<Record<IncidentState, readonly IncidentState[]>> = {
  new: ['triage', 'investigating', 'contained', 'resolved', 'false_positive'],
  triage: ['investigating', 'contained', 'resolved', 'false_positive'],
  investigating: ['triage', 'contained', 'resolved', 'false_positive'],
  contained: ['investigating', 'resolved', 'false_positive'],
  resolved: ['triage'],
  false_positive: ['triage'],
};

/** The part of the handling an action may change; goes into the ledger row as it is after the action. */
export type HandlingState = Pick<IncidentHandling, 'state' | 'assignee' | 'reason' | 'comments'>;

export type Decision =
  | {
      readonly kind: 'change';
      readonly action: IncidentAction['action'];
      readonly after: HandlingState;
      /** The action's own data, for the history. */
      readonly data: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string; readonly messageVi: string };

export type RefusalCode =
  | 'state-not-next'
  | 'reason-missing'
  | 'text-missing'
  | 'too-long'
  | 'no-change'
  | 'no-incident';

export function refusal(
  code: RefusalCode,
  message: string,
  messageVi: string,
): Decision & { readonly kind: 'refused' } {
  return { kind: 'refused', code, message, messageVi };
}

/** What an action makes of an incident, or why it is not taken. Versions are the caller's business. */
export function decide(before: HandlingState, action: IncidentAction, limits: IncidentLimits): Decision {
  switch (action.action) {
    case 'state':
      return decideState(before, action.state, (action.reason ?? '').trim().normalize('NFC'), limits);
    case 'assign': {
      const assignee = action.assignee.trim().normalize('NFC');
      if (assignee.length > limits.assigneeCharsMax) return tooLong(limits.assigneeCharsMax);
      if (assignee === before.assignee) {
        return refusal('no-change', 'already assigned so', 'Sự cố đã được phân công như vậy');
      }
      const data = { assignee, from: before.assignee };
      return { kind: 'change', action: 'assign', after: { ...before, assignee }, data };
    }
    case 'comment': {
      const text = action.text.trim().normalize('NFC');
      if (text === '') return refusal('text-missing', 'a comment wants text', 'Ý kiến chưa có nội dung');
      if (text.length > limits.commentCharsMax) return tooLong(limits.commentCharsMax);
      const after = { ...before, comments: before.comments + 1 };
      return { kind: 'change', action: 'comment', after, data: { text } };
    }
  }
}

function decideState(before: HandlingState, state: IncidentState, reason: string, limits: IncidentLimits): Decision {
  if (!nextStates[before.state].includes(state)) {
    return refusal(
      'state-not-next',
      `${state} may not follow ${before.state}`,
      `Không thể chuyển trạng thái từ ${before.state} sang ${state}`,
    );
  }
  if (reason === '' && (isClosed(state) || isClosed(before.state))) {
    return refusal(
      'reason-missing',
      'closing and reopening want a reason',
      'Kết thúc hoặc mở lại sự cố phải nêu lý do',
    );
  }
  if (reason.length > limits.reasonCharsMax) return tooLong(limits.reasonCharsMax);
  const data = { from: before.state, reason };
  return { kind: 'change', action: 'state', after: { ...before, state, reason }, data };
}

function tooLong(charsMax: number): Decision {
  return refusal('too-long', `at most ${charsMax} characters`, `Tối đa ${charsMax} ký tự`);
}
