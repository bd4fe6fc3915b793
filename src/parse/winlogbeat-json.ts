import type { FieldValue } from '../model/event.ts';
import { parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { flatten } from './flatten.ts';
import type { JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { fieldText, notUnderstood, setField, understood } from './record.ts';

/** Whether a JSON object is a Winlogbeat event, nested (`{winlog:{…}}`) or with dotted names. */
export function isWinlogbeatJson(object: JsonObject): boolean {
  return (
    (typeof object.winlog === 'object' && object.winlog !== null) ||
    object['winlog.channel'] !== undefined ||
    object['winlog.event_id'] !== undefined
  );
}

/** Names of Winlogbeat that have a name of Sigma's; the values under `winlog.event_data.` lose that prefix. */
const sigmaNames: Readonly<Record<string, string>> = {
  'winlog.provider_name': 'Provider_Name',
  'winlog.event_id': 'EventID',
  'winlog.channel': 'Channel',
  'winlog.computer_name': 'Computer',
  'winlog.version': 'Version',
  'winlog.record_id': 'EventRecordID',
  'winlog.user.identifier': 'Security_UserID',
  'winlog.process.pid': 'Execution_ProcessID',
  'winlog.process.thread.id': 'Execution_ThreadID',
};
const dataPrefixes: readonly string[] = ['winlog.event_data.', 'winlog.user_data.'];

/** Winlogbeat's shape; everything outside `winlog.event_data` keeps its dotted ECS name. */
export function parseWinlogbeatJson(object: JsonObject, limits: ParseLimits): ParseOutcome {
  const flat = flatten(object, limits);
  if (flat.fields === null) return notUnderstood(flat.reason);
  const fields: Record<string, FieldValue> = {};
  for (const name in flat.fields) {
    const prefix = dataPrefixes.find((candidate) => name.startsWith(candidate));
    const known = prefix === undefined && Object.hasOwn(sigmaNames, name) ? sigmaNames[name] : undefined;
    setField(fields, known ?? (prefix === undefined ? name : name.slice(prefix.length)), flat.fields[name] ?? null);
  }
  // A 'Channel' or 'EventID' of the data section never decides what the event is.
  const channel = fieldText(flat.fields, 'winlog.channel');
  const provider = fieldText(flat.fields, 'winlog.provider_name');
  const eventId = flat.fields['winlog.event_id'];
  if (provider !== '') fields.Provider_Name = provider;
  if (eventId !== undefined) fields.EventID = eventId;
  return understood({
    parser: 'winlogbeat-json',
    timeMs: parseTimeText(fieldText(flat.fields, '@timestamp'), 0),
    host: fieldText(flat.fields, 'winlog.computer_name') || fieldText(flat.fields, 'host.name'),
    channel,
    provider,
    eventId: fieldText(flat.fields, 'winlog.event_id') || fieldText(flat.fields, 'event.code'),
    message: fieldText(flat.fields, 'message'),
    fields,
  });
}
