/**
 * Fields in which nearly every value is new where events are real, though benchmark lanes repeat a dozen of them: no
 * result of a scan is kept for these, so that measured figures do not live on repetition that nobody has.
 */
const freeText: ReadonlySet<string> = new Set([
  'CommandLine',
  'ParentCommandLine',
  'ScriptBlockText',
  'Payload',
  'message',
  'Message',
  'msg',
  'Data',
  'Details',
  'Hashes',
  'TargetFilename',
  'TargetObject',
  'QueryName',
  'cs-uri',
  'cs-uri-query',
  'cs-uri-stem',
  'c-uri',
  'c-uri-query',
]);

export function isFreeText(field: string): boolean {
  return freeText.has(field);
}
