import type { FieldValue } from '../model/event.ts';
import { ownField } from './selector.ts';

/**
 * What a record type of the Linux audit system means, in the words Elastic's auditd integrations use for `event.action`
 * (types: audit-userspace lib/msg_typetab.h).
 */
const actions: Readonly<Record<string, string>> = {
  USER_AUTH: 'authenticated',
  USER_ACCT: 'was-authorized',
  USER_START: 'started-session',
  USER_END: 'ended-session',
  USER_LOGIN: 'logged-in',
  USER_LOGOUT: 'logged-out',
  USER_CMD: 'ran-command',
  USER_CHAUTHTOK: 'changed-password',
  USER_ERR: 'access-error',
  USER_MGMT: 'modified-user-account',
  USER_TTY: 'typed',
  TTY: 'typed',
  CRED_ACQ: 'acquired-credentials',
  CRED_DISP: 'disposed-credentials',
  CRED_REFR: 'refreshed-credentials',
  LOGIN: 'changed-login-id-to',
  ADD_USER: 'added-user-account',
  DEL_USER: 'deleted-user-account',
  ADD_GROUP: 'added-group-account-to',
  DEL_GROUP: 'deleted-group-account-from',
  ACCT_LOCK: 'locked-account',
  ACCT_UNLOCK: 'unlocked-account',
  GRP_MGMT: 'modified-group-account',
  ROLE_ASSIGN: 'assigned-user-role-to',
  ROLE_REMOVE: 'removed-user-role-from',
  CRYPTO_KEY_USER: 'negotiated-crypto-key',
  CRYPTO_SESSION: 'started-crypto-session',
  CONFIG_CHANGE: 'changed-audit-configuration',
  DAEMON_START: 'started-audit',
  DAEMON_END: 'shutdown-audit',
  DAEMON_ABORT: 'aborted-auditd-startup',
  SERVICE_START: 'started-service',
  SERVICE_STOP: 'stopped-service',
  SYSTEM_BOOT: 'booted-system',
  SYSTEM_SHUTDOWN: 'shutdown-system',
  SYSTEM_RUNLEVEL: 'changed-to-runlevel',
  NETFILTER_CFG: 'loaded-firewall-rule-to',
  SOFTWARE_UPDATE: 'package-updated',
  KERN_MODULE: 'loaded-kernel-module',
  VIRT_CONTROL: 'issued-vm-control',
  VIRT_MACHINE_ID: 'assigned-vm-id',
  VIRT_RESOURCE: 'assigned-vm-resource',
  MAC_STATUS: 'changed-selinux-enforcement-to',
  MAC_POLICY_LOAD: 'loaded-selinux-policy',
  ANOM_ABEND: 'crashed-program',
  ANOM_PROMISCUOUS: 'changed-promiscuous-mode-on-device',
  ANOM_LOGIN_FAILURES: 'failed-log-in-too-many-times-to',
};

/** A record type without a word of its own is its name in small letters, as in Filebeat. */
export function auditdAction(fields: Readonly<Record<string, FieldValue>>): string {
  const type = String(ownField(fields, 'type') ?? '');
  if (type === 'AVC') {
    if (ownField(fields, 'apparmor') !== undefined) return 'violated-apparmor-policy';
    return ownField(fields, 'seresult') === undefined ? 'avc' : 'violated-selinux-policy';
  }
  return Object.hasOwn(actions, type) ? (actions[type] ?? '') : type.toLowerCase();
}
