import type { BodyFormat, LineFormat } from './format.ts';
import { mysqlAuditBody, mysqlAuditFormat, mysqlBody, mysqlFormat, mysqlSlowFormat } from './mysql.ts';
import { postgresqlBody, postgresqlFormat } from './postgresql.ts';
import { w3cFormat } from './w3c.ts';

/** Servers' own log files, in the order in which a line of unknown format is held against them. */
export const serverFormats: readonly LineFormat[] = [
  w3cFormat,
  mysqlAuditFormat,
  mysqlSlowFormat,
  mysqlFormat,
  postgresqlFormat,
];

/** What servers write through syslog. */
export const serverBodies: readonly BodyFormat[] = [mysqlAuditBody, mysqlBody, postgresqlBody];
