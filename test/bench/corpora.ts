import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const shared = path.resolve(import.meta.dirname, '../../../shared');
const corpora = path.join(shared, 'corpora');
export const corporaDir: string = corpora;

export const lanes = [
  'structured_windows',
  'raw_windows',
  'cisco_syslog',
  'sysmon_file_event',
  'mixed_schema',
] as const;
export type Lane = (typeof lanes)[number];

const ruleParts = ['rules', 'rules-emerging-threats', 'rules-threat-hunting', 'rules-compliance'];

/** Why lanes and SigmaHQ rules are not measured here; null when they are there. */
export function corporaAbsent(): string | null {
  return existsSync(path.join(corpora, 'lanes')) ? null : `${corpora} is not on this machine`;
}

export function laneLines(lane: Lane): string[] {
  return linesOf(`lanes/${lane}.ndjson.gz`);
}

/** Lines of one of Elastic's example logs. */
export function elasticLog(name: string): string[] {
  const text = readFileSync(path.join(corpora, 'elastic_examples_apache2', name), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** (rule, line) pairs that two other engines found in a lane, every rule of `sigmaHqRules()` held against every line. */
export function lanePairs(lane: Lane): number {
  return linesOf(`lanes/${lane}.expected.txt.gz`).reduce((sum, ids) => sum + ids.split(' ').length, 0);
}

/** The folder the lanes' expectations are about: the main rules, without emerging threats, hunting and compliance. */
export function sigmaHqRules(): string {
  return path.join(corpora, 'sigmahq/rules');
}

/** Every rule SigmaHQ publishes. */
export function sigmaHqRuleDirs(): string[] {
  return ruleParts.map((part) => path.join(corpora, 'sigmahq', part));
}

/** Folder of the throw-away engine that showed the speed a JavaScript engine can reach; null when absent. */
export function prototypeDir(): string | null {
  const dir = path.join(shared, 'prototype/sigma');
  return existsSync(path.join(dir, 'bench-objects.mjs')) ? dir : null;
}

function linesOf(file: string): string[] {
  const text = gunzipSync(readFileSync(path.join(corpora, file))).toString();
  return text.split('\n').filter((line) => line !== '');
}
