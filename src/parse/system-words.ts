import type { BodyFormat } from './format.ts';
import { readSentence, type Sentence, sentence } from './words.ts';

const cronSentences: readonly Sentence[] = [
  sentence('(', /^\((?<user>[^)]*)\) CMD \((?<command>.*)\)$/, 'cron_command', 'success'),
  sentence('(', /^\((?<user>[^)]*)\) RELOAD \((?<file>[^)]*)\)/, 'cron_reload', 'success'),
  sentence(
    '(',
    /^\((?<user>[^)]*)\) (?<verb>REPLACE|DELETE|LIST|BEGIN EDIT|END EDIT) \((?<target_user>[^)]*)\)/,
    'crontab_change',
    'success',
  ),
  sentence(
    '(',
    /^\((?<user>[^)]*)\) (?:AUTH|WRONG|BAD|ORPHAN|ERROR)[^(]{0,80}\((?<why>.*)\)/,
    'cron_refused',
    'failure',
  ),
];

/** Vixie cron, cronie, crontab: `(user) VERB (what)`. */
export const cronBody: BodyFormat = {
  id: 'cron',
  programs: ['cron', 'crond', 'crontab', 'anacron', '/usr/sbin/cron', '/usr/bin/crontab'],
  looksLike: null,
  words: (body) => readSentence(cronSentences, body),
};

const logindSentences: readonly Sentence[] = [
  sentence('New session ', /^New session (?<session>\S+) of user (?<user>.*?)\.?$/, 'session_opened', 'success'),
  sentence('Session ', /^Session (?<session>\S+) logged out/, 'session_closed', 'success'),
  sentence('Removed session ', /^Removed session (?<session>[^.\s]+)/, 'session_closed', 'success'),
  sentence('Power key pressed', /^Power key pressed/, 'power_key', 'success'),
  sentence('System is ', /^System is (?<what>[a-z ]+)/, 'system_state', 'success'),
  sentence(
    'Started ',
    /^Started (?:Session (?<session>\S+) of user (?<user>[^\s.]+)|(?<unit>.*?))\.?$/,
    'service_started',
    'success',
  ),
  sentence('Starting ', /^Starting (?<unit>.*?)(?:\.{1,3})?$/, 'service_starting'),
  sentence('Stopped ', /^Stopped (?<unit>.*?)\.?$/, 'service_stopped', 'success'),
  sentence('Stopping ', /^Stopping (?<unit>.*?)(?:\.{1,3})?$/, 'service_stopping'),
  sentence('Failed to start ', /^Failed to start (?<unit>.*?)\.?$/, 'service_started', 'failure'),
  sentence(
    '',
    /^(?<unit>[\w@.\\:-]{1,255}\.(?:service|socket|timer|mount|scope|slice|target)): (?:Failed with result|Main process exited, code=(?:killed|exited), status=[1-9])/,
    'service_failed',
    'failure',
  ),
];

/** systemd and systemd-logind: sessions and units. */
export const systemdBody: BodyFormat = {
  id: 'systemd',
  programs: ['systemd', 'systemd-logind'],
  looksLike: null,
  words: (body) => readSentence(logindSentences, body),
};
