import { createHash } from 'node:crypto';
import type { Alert } from '../model/finding.ts';
import type { IncidentFacts } from '../model/incident.ts';
import type { Notice } from '../model/notice.ts';
import type { System } from '../model/register.ts';
import { maxSeverity, type Severity, severityRank } from '../model/severity.ts';
import { bodyText, type Subject, subjectLine, webhookBody } from './templates.ts';

/** One channel to one recipient; recipient '' = the register names nobody, which the delivery log shows. */
interface Route {
  readonly channel: Notice['channel'];
  readonly recipient: string;
}

export interface PolicySettings {
  /** The board's address without a final slash; '' for none. */
  readonly boardUrl: string;
  readonly textLengthMax: number;
}

/**
 * Whom to tell of an alert: nobody below the system's threshold; else the duty contact (the owner when the register
 * has no duty address) by e-mail, and the owner's webhook. The id holds incident, severity, channel and recipient, so
 * an incident is told once when it first reaches the threshold and once more each time it rises; amendments and
 * repeats give the same ids.
 */
export function noticesFor(
  alert: Alert,
  incident: IncidentFacts,
  system: System,
  settings: PolicySettings,
  nowMs: number,
): readonly Notice[] {
  const severity = maxSeverity(incident.severity, alert.rule.severity);
  if (severityRank(severity) < severityRank(system.notifyFrom)) return [];
  const { boardUrl, textLengthMax } = settings;
  const url = boardUrl === '' ? '' : `${boardUrl}/incidents/${encodeURIComponent(incident.id)}`;
  const subject: Subject = { alert, incident, system, severity, url, textLengthMax };
  return routesOf(system).map(({ channel, recipient }) => {
    const id = noticeId(incident.id, severity, channel, recipient);
    return {
      id,
      alert: alert.id,
      incident: incident.id,
      system: system.id,
      channel,
      recipient,
      origin: incident.origin,
      subject: subjectLine(subject),
      text: channel === 'email' ? bodyText(subject) : '',
      body: channel === 'webhook' ? webhookBody(subject, id) : '',
      createdMs: nowMs,
    };
  });
}

function routesOf(system: System): readonly Route[] {
  const email = system.duty.email === '' ? system.owner.email : system.duty.email;
  const webhook: readonly Route[] =
    system.webhookUrl === '' ? [] : [{ channel: 'webhook', recipient: system.webhookUrl }];
  return email === '' && webhook.length > 0 ? webhook : [{ channel: 'email', recipient: email }, ...webhook];
}

/** 32 hex digits: also the queue's job id and the local part of the e-mail's Message-ID. */
function noticeId(incident: string, severity: Severity, channel: string, recipient: string): string {
  const identity = JSON.stringify([incident, severity, channel, recipient]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
