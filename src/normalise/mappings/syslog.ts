import type { Mapping } from '../mapping.ts';

/** Unix syslog: product linux, service by the program that wrote the line, `auth` also by the facility. */
export const linux: Mapping = {
  id: 'linux',
  parsers: ['syslog-5424', 'syslog-3164'],
  rules: [
    { when: {}, product: 'linux', services: ['syslog'] },
    { when: { program: 'sshd' }, services: ['sshd', 'auth'] },
    { when: { program: 'sshd-session' }, services: ['sshd', 'auth'] },
    { when: { program: 'sudo' }, services: ['sudo', 'auth'] },
    {
      when: {
        program: [
          'su',
          'login',
          'systemd-logind',
          'useradd',
          'userdel',
          'usermod',
          'groupadd',
          'groupdel',
          'groupmod',
          'passwd',
          'chpasswd',
          'chage',
          'gdm-password',
          'polkitd',
          'pkexec',
        ],
      },
      services: ['auth'],
    },
    { when: { 'field:facility': ['auth', 'authpriv'] }, services: ['auth'] },
    { when: { program: ['cron', 'crond', 'crontab', 'anacron', 'atd'] }, services: ['cron'] },
    { when: { program: ['auditd', 'audit', 'audispd', 'audisp-syslog'] }, services: ['auditd'] },
    { when: { program: ['vsftpd', 'ftpd'] }, services: ['vsftpd'] },
    { when: { program: ['guacd', 'guacamole'] }, services: ['guacamole'] },
    { when: { program: ['clamd', 'clamav', 'clamscan', 'freshclam'] }, services: ['clamav'] },
    { when: { program: 'modsecurity' }, services: ['modsecurity'] },
  ],
};

/** Cisco devices: the facility of `%FACILITY-SEVERITY-MNEMONIC` names the service. */
export const cisco: Mapping = {
  id: 'cisco',
  parsers: ['cisco'],
  rules: [
    { when: {}, product: 'cisco', services: ['syslog'] },
    { when: { 'field:cisco.facility': ['AAA', 'AAAA', 'SEC_LOGIN', 'PARSER'] }, services: ['aaa'] },
    { when: { 'field:cisco.facility': 'BGP' }, services: ['bgp'] },
    { when: { 'field:cisco.facility': ['LDP', 'MPLS_LDP'] }, services: ['ldp'] },
    { when: { 'field:cisco.facility': ['ASA', 'FTD', 'PIX'] }, categories: ['firewall'], services: ['asa'] },
  ],
};
