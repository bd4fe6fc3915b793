import { apacheErrorBody, apacheErrorFormat, apacheSslFormat } from './apache-error.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { haproxyBody, haproxyTcpBody } from './haproxy.ts';
import { iisErrorFormat } from './iis-error.ts';
import { mysqlAuditBody, mysqlAuditFormat, mysqlBody, mysqlFormat, mysqlSlowFormat } from './mysql.ts';
import { nginxErrorBody, nginxErrorFormat } from './nginx-error.ts';
import { postgresqlBody, postgresqlFormat } from './postgresql.ts';
import { w3cFormat } from './w3c.ts';

/** Servers' own log files, in the order in which a line of unknown format is held against them. */
export const serverFormats: readonly LineFormat[] = [
  w3cFormat,
  apacheErrorFormat,
  apacheSslFormat,
  nginxErrorFormat,
  iisErrorFormat,
  mysqlAuditFormat,
  mysqlSlowFormat,
  mysqlFormat,
  postgresqlFormat,
];

/** What servers write through syslog. */
export const serverBodies: readonly BodyFormat[] = [
  haproxyBody,
  haproxyTcpBody,
  mysqlAuditBody,
  mysqlBody,
  postgresqlBody,
  nginxErrorBody,
  apacheErrorBody,
];
