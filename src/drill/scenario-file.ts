import { z } from 'zod';
import { severities } from '../model/severity.ts';
import type { Scenario } from './scenario.ts';

/** The form of scenario.yml: snake_case, seconds; unknown keys are refused. Transforms it into a `Scenario`. */
const word = z.string().min(1).max(200);
const prose = z.string().min(1).max(4000);
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/i, 'an id has letters, digits and hyphens only');
const text = z.strictObject({ vi: prose, en: prose });
const seconds = z.number().min(0).max(86_400);
const ms = (s: number): number => Math.round(s * 1000);
const severity = z.enum(severities);
const contact = z.strictObject({ name: word, email: z.email(), phone: z.string().max(40) });

const system = z
  .strictObject({
    id,
    name: word,
    /** Owning agency (chủ quản); the scenario's organisation when it is not given. */
    org: z.strictObject({ id, name: word }).optional(),
    level: z.int().min(1).max(5),
    hosts: z.array(word).max(200),
    addresses: z.array(word).max(200),
    owner: contact,
    duty: contact,
    notify_from: severity,
    webhook_url: z.url().or(z.literal('')).default(''),
  })
  .transform(({ notify_from: notifyFrom, webhook_url: webhookUrl, ...rest }) => ({ ...rest, notifyFrom, webhookUrl }));

const world = z
  .strictObject({
    organisation: z.strictObject({ id, name: word }),
    systems: z.array(system).min(1).max(500),
    no_strike: z
      .array(z.strictObject({ target: word, why: prose }))
      .max(100)
      .default([]),
  })
  .transform(({ organisation, systems, no_strike: noStrike }) => ({
    organisation,
    systems: systems.map(({ org = organisation, ...rest }) => ({ ...rest, org: org.id, orgName: org.name })),
    noStrike,
  }));

const source = z
  .strictObject({
    id,
    name: word,
    system: id,
    parser: word.default('auto'),
    route: z.enum(['http', 'syslog-tcp', 'syslog-udp']),
    send_from: z
      .string()
      .regex(/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/, 'send_from is an address of 127.0.0.0/8')
      .or(z.literal(''))
      .default(''),
  })
  .transform(({ send_from: sendFrom, ...rest }) => ({ ...rest, sendFrom }));

const recordFile = z.strictObject({
  path: z.string().regex(/^[\w-]+\.ndjson(\.gz)?$/, 'a file name beside the scenario, .ndjson or .ndjson.gz'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'sha256 is 64 hex digits'),
  records: z.int().min(1),
});

const phase = z
  .strictObject({ id, title: text, start_s: seconds, situation: text })
  .transform(({ start_s: startS, ...rest }) => ({ ...rest, startMs: ms(startS) }));

const groundTruth = z.strictObject({
  malicious: z.boolean(),
  techniques: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/, 'an ATT&CK technique looks like T1505.003')).max(20),
  severity,
  systems: z.array(id).max(50),
  entities: z.array(word).max(200),
  narrative: prose,
  verdict: z.enum(['true_positive', 'false_positive']),
});

const inject = z
  .strictObject({ id, phase: id, title: text, at_s: seconds, ground_truth: groundTruth })
  .transform(({ at_s: atS, ground_truth, ...rest }) => ({ ...rest, atMs: ms(atS), groundTruth: ground_truth }));

const expectation = z.strictObject({ id, inject: id, text, rules: z.array(z.uuid()).min(1).max(50) });

export const scenarioFile: z.ZodType<Scenario> = z
  .strictObject({
    schema_version: z.literal(1),
    id,
    version: word,
    title: text,
    summary: text,
    authors: z.array(word).min(1).max(20),
    licence: word,
    classification: word,
    difficulty: z.enum(['easy', 'medium', 'hard']),
    mode: z.literal('replay'),
    duration_s: seconds,
    world,
    sources: z.array(source).min(1).max(200),
    records: z.array(recordFile).min(1).max(50),
    phases: z.array(phase).min(1).max(50),
    injects: z.array(inject).min(1).max(1000),
    expectations: z.array(expectation).max(2000),
  })
  .transform(({ schema_version: _, duration_s: durationS, records: recordFiles, ...rest }) => ({
    ...rest,
    durationMs: ms(durationS),
    recordFiles,
  }));
