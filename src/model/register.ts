import type { Severity } from './severity.ts';

/** The register of systems: what the province runs, who owns it, whom to tell. */
export interface System {
  readonly id: string;
  readonly name: string;
  /** Owning agency (chủ quản), id and name. */
  readonly org: string;
  readonly orgName: string;
  /** Security level 1–5 of the approved dossier (NĐ 331/2026 Đ11–15). */
  readonly level: number;
  /** Host names and addresses (IP or CIDR) that belong to it; hosts are matched without case. */
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly owner: Contact;
  readonly duty: Contact;
  /** Alerts of at least this severity are told to the duty contact. */
  readonly notifyFrom: Severity;
  /** Webhook of the owner, https or a named internal host; '' for none. */
  readonly webhookUrl: string;
}

export interface Contact {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
}
