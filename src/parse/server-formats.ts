import { apacheErrorBody, apacheErrorFormat, apacheSslFormat } from './apache-error.ts';
import { appAuditBody, appAuditFormat } from './app-audit.ts';
import { csvFormat, mssqlAuditFormat } from './csv.ts';
import { dhcpdBody, dnsmasqBody, windowsDhcpFormat } from './dhcp.ts';
import { bindBody, bindFormat, windowsDnsFormat } from './dns-server.ts';
import { dovecotBody } from './dovecot.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { haproxyBody, haproxyTcpBody } from './haproxy.ts';
import { iisErrorFormat } from './iis-error.ts';
import { javaFormat, zimbraFormat } from './java.ts';
import { mssqlFormat } from './mssql.ts';
import { mysqlAuditBody, mysqlAuditFormat, mysqlBody, mysqlFormat, mysqlSlowFormat } from './mysql.ts';
import { nginxErrorBody, nginxErrorFormat } from './nginx-error.ts';
import { postfixBody } from './postfix.ts';
import { postgresqlBody, postgresqlFormat } from './postgresql.ts';
import { squidBody, squidFormat } from './squid.ts';
import { vsftpdFormat } from './vsftpd.ts';
import { w3cFormat } from './w3c.ts';

/** Servers' own log files, in the order in which a line of unknown format is held against them. */
export const serverFormats: readonly LineFormat[] = [
  w3cFormat,
  appAuditFormat,
  windowsDnsFormat,
  windowsDhcpFormat,
  vsftpdFormat,
  squidFormat,
  bindFormat,
  mssqlFormat,
  apacheErrorFormat,
  apacheSslFormat,
  nginxErrorFormat,
  iisErrorFormat,
  mysqlAuditFormat,
  mysqlSlowFormat,
  mysqlFormat,
  postgresqlFormat,
  // Begins like many others.
  javaFormat,
  zimbraFormat,
  csvFormat,
  mssqlAuditFormat,
];

/** What servers write through syslog. */
export const serverBodies: readonly BodyFormat[] = [
  appAuditBody,
  postfixBody,
  dovecotBody,
  dnsmasqBody,
  dhcpdBody,
  bindBody,
  squidBody,
  haproxyBody,
  haproxyTcpBody,
  mysqlAuditBody,
  mysqlBody,
  postgresqlBody,
  nginxErrorBody,
  apacheErrorBody,
];
