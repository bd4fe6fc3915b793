/**
 * Fields of the Sigma taxonomy that have a column of their own: those most rules and most searches read.
 * A column holds the field's text; '' also when the field is absent (`present` tells the two apart).
 */
export interface HotField {
  readonly field: string;
  readonly column: string;
  /** Few different values: stored as a dictionary. */
  readonly few: boolean;
}

function wide(...fields: readonly string[]): HotField[] {
  return fields.map((field) => ({ field, column: columnOf(field), few: false }));
}

function few(...fields: readonly string[]): HotField[] {
  return fields.map((field) => ({ field, column: columnOf(field), few: true }));
}

function columnOf(field: string): string {
  return `f_${field.replaceAll('-', '_')}`;
}

export const hotFields: readonly HotField[] = [
  ...few('EventID', 'Channel', 'Provider_Name', 'Computer', 'LogonType'),
  ...wide('Image', 'CommandLine', 'OriginalFileName', 'ParentImage', 'ParentCommandLine', 'ImageLoaded', 'Hashes'),
  ...wide('TargetObject', 'TargetFilename', 'Details', 'ScriptBlockText', 'ServiceName', 'QueryName'),
  ...wide('User', 'TargetUserName', 'SubjectUserName', 'IpAddress', 'SourceIp', 'DestinationIp', 'DestinationPort'),
  ...few('cs-method', 'sc-status', 'cs-host'),
  ...wide('c-ip', 'cs-uri-stem', 'cs-uri-query', 'cs-user-agent', 'cs-referer', 'cs-username'),
];
