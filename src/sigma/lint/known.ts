/** Words the Sigma specification 2.1 lists, for checks and for finding the one that was meant. */
export const statuses: readonly string[] = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];
export const levels: readonly string[] = ['informational', 'low', 'medium', 'high', 'critical'];
export const relations: readonly string[] = ['derived', 'obsolete', 'merged', 'renamed', 'similar'];

/** Keys of a document in the order of the specification, and of SigmaHQ's own rules. */
export const documentKeys: readonly string[] = [
  'title',
  'id',
  'name',
  'related',
  'taxonomy',
  'status',
  'description',
  'license',
  'references',
  'author',
  'date',
  'modified',
  'tags',
  'scope',
  'logsource',
  'detection',
  'correlation',
  'filter',
  'fields',
  'falsepositives',
  'level',
  'generate',
];
