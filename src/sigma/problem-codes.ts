/** The closed list of what can be wrong with a rule file. docs/sigma.md lists exactly these; a test holds both together. */
export type Severity = 'refused' | 'warning';

interface CodeEntry {
  readonly severity: Severity;
  /** What to do about it, when the place that found it knows nothing better. */
  readonly advice: string;
}

export type ProblemCode =
  | 'file-too-large'
  | 'file-unreadable'
  | 'file-not-utf8'
  | 'yaml-nul'
  | 'yaml-syntax'
  | 'yaml-duplicate-key'
  | 'yaml-key'
  | 'yaml-alias'
  | 'yaml-too-deep'
  | 'yaml-too-many-nodes'
  | 'problem-limit'
  | 'document-type'
  | 'document-action'
  | 'document-mixed'
  | 'correlation-type'
  | 'correlation-key'
  | 'correlation-rules'
  | 'correlation-rule-undefined'
  | 'correlation-rule-ambiguous'
  | 'correlation-rule-twice'
  | 'correlation-rule-unused'
  | 'correlation-cycle'
  | 'correlation-too-deep'
  | 'correlation-group'
  | 'correlation-group-missing'
  | 'correlation-timespan'
  | 'correlation-condition'
  | 'correlation-condition-never'
  | 'correlation-field'
  | 'correlation-field-unused'
  | 'correlation-percentile-missing'
  | 'correlation-alias'
  | 'correlation-alias-partial'
  | 'correlation-alias-unused'
  | 'filter-type'
  | 'filter-rules'
  | 'filter-rule-unknown'
  | 'filter-without-effect'
  | 'filter-without-not'
  | 'filter-too-many'
  | 'placeholder-file'
  | 'title-missing'
  | 'id-missing'
  | 'id-invalid'
  | 'id-duplicate'
  | 'level-unknown'
  | 'metadata-type'
  | 'logsource-missing'
  | 'logsource-type'
  | 'logsource-empty'
  | 'detection-missing'
  | 'timeframe-ignored'
  | 'selection-empty'
  | 'selection-type'
  | 'value-list-empty'
  | 'value-type'
  | 'value-too-long'
  | 'value-wildcards'
  | 'keyword-type'
  | 'modifier-unknown'
  | 'modifier-order'
  | 'modifier-type'
  | 'modifier-conflict'
  | 'modifier-too-many'
  | 'wildcard-not-allowed'
  | 'base64-too-short'
  | 'regex-syntax'
  | 'regex-unsupported'
  | 'regex-too-large'
  | 'cidr-invalid'
  | 'cidr-host-bits'
  | 'placeholder-unresolved'
  | 'placeholder-too-many'
  | 'placeholder-none'
  | 'condition-missing'
  | 'condition-type'
  | 'condition-too-long'
  | 'condition-too-deep'
  | 'condition-too-many-names'
  | 'condition-syntax'
  | 'condition-undefined'
  | 'condition-empty-selector'
  | 'condition-count'
  | 'condition-aggregation'
  | 'condition-keyword-case';

const refused = (advice: string): CodeEntry => ({ severity: 'refused', advice });
const warning = (advice: string): CodeEntry => ({ severity: 'warning', advice });

export const problemCodes: Readonly<Record<ProblemCode, CodeEntry>> = {
  // the file
  'file-too-large': refused('Split the file: one rule a file is the custom.'),
  'file-unreadable': refused('Check that the file is there and may be read.'),
  'file-not-utf8': refused('Save the file as UTF-8.'),
  'yaml-nul': refused('YAML allows no NUL: take it out, or write `\\0` inside double quotes; is the file UTF-16?'),
  'yaml-syntax': refused('Correct the YAML; quote texts that hold `: `, ` #` or begin with a special character.'),
  'yaml-duplicate-key': refused(
    'A map cannot hold a key twice: merge the two lists, or put the items into two selections.',
  ),
  'yaml-key': refused('Keys are plain texts.'),
  'yaml-alias': refused('Write the value out; an alias must name an anchor that stands before it.'),
  'yaml-too-deep': refused('Flatten the document: a Sigma rule needs three or four levels.'),
  'yaml-too-many-nodes': refused('Split the rule, or move the list into a placeholder.'),
  'problem-limit': refused('Correct the problems above first.'),

  // the document
  'document-type': refused('A rule is a map with title, logsource and detection.'),
  'document-action': refused(
    '`action: global|reset|repeat` is not part of Sigma 2: write each rule out as its own document, or load the file with legacy actions allowed.',
  ),
  'document-mixed': warning(
    'Write the rule, the correlation and the filter as a document each, with `---` between them.',
  ),
  'title-missing': warning('Give the rule a title: it is what analysts read first.'),
  'id-missing': warning('Give the rule a UUID; until then its id follows from its content and changes with it.'),
  'id-invalid': warning('Use a UUID (version 4) as id.'),
  'id-duplicate': refused('Give one of the two rules another id.'),
  'level-unknown': warning('Use informational, low, medium, high or critical; the rule counts as medium.'),
  'metadata-type': warning('See the Sigma specification for the type of this attribute; it is ignored.'),
  'logsource-missing': refused('Name at least one of product, category, service under logsource.'),
  'logsource-type': refused('product, category and service are texts.'),
  'logsource-empty': warning('Without product, category or service the rule is held against every event.'),
  'detection-missing': refused('Add a detection with at least one selection and a condition.'),
  'timeframe-ignored': warning('`timeframe` belonged to aggregations; use a correlation document.'),

  // correlations
  'correlation-type': refused(
    'Under correlation stands a map whose type is event_count, value_count, value_sum, value_avg, value_percentile, value_median, temporal or temporal_ordered.',
  ),
  'correlation-key': warning(
    'It is ignored; a correlation has type, rules, group-by, aliases, timespan, condition, generate.',
  ),
  'correlation-rules': refused('List the ids or names of the rules under rules.'),
  'correlation-rule-undefined': refused(
    'Give the id or the `name` of a rule or correlation that is loaded together with this one.',
  ),
  'correlation-rule-ambiguous': refused('Refer to it by its id, or give each rule a name of its own.'),
  'correlation-rule-twice': refused('Name each rule once.'),
  'correlation-rule-unused': warning('Take the rule out of rules, or name it in the condition.'),
  'correlation-cycle': refused('A correlation cannot be built on itself.'),
  'correlation-too-deep': refused('Build the correlation on fewer levels of others.'),
  'correlation-group': refused('group-by is a list of field names.'),
  'correlation-group-missing': warning('Name the fields that the events have in common, or write `group-by: []`.'),
  'correlation-timespan': refused(
    'Write a number and one of s, m, h, d, w, M (30 days), y (365 days), for example 15m.',
  ),
  'correlation-condition': refused(
    'Write a map of gt, gte, lt, lte, eq, neq and a number, for example `gte: 10`; temporal kinds also take an expression over rule names.',
  ),
  'correlation-condition-never': warning('No number of events meets this condition; correct its bounds.'),
  'correlation-field': refused(
    'Name under condition the field whose values are looked at; value_count takes a list of fields as well.',
  ),
  'correlation-field-unused': warning('Take it out, or choose the type that uses it.'),
  'correlation-percentile-missing': warning('Write for example `percentile: 95`.'),
  'correlation-alias': refused('An alias is a map of rule names, as listed under rules, to field names.'),
  'correlation-alias-partial': warning(
    "Name the field of every rule under the alias; else the field of the alias's own name is read.",
  ),
  'correlation-alias-unused': warning('Use the alias in group-by or as the field of the condition, or take it out.'),

  // filters
  'filter-type': refused('Under filter stands a map of rules, selections and a condition.'),
  'filter-rules': refused('Name the ids or names of the rules under rules, or write `rules: any`.'),
  'filter-rule-unknown': warning('No rule of that id or name is loaded; correct it or take it out.'),
  'filter-without-effect': warning('No loaded rule has this logsource and is named here; the filter excludes nothing.'),
  'filter-without-not': warning(
    'The condition is added to the rule with `and`, as it stands: to exclude what a selection describes write `not selection`.',
  ),
  'filter-too-many': refused('Join filters that exclude the same thing.'),

  // selections and items
  'selection-empty': refused('Give the selection at least one item or keyword.'),
  'selection-type': refused('A selection is a map of fields, a list of keywords, or a list of maps.'),
  'value-list-empty': refused('Name at least one value; use `null` for "field is missing or null".'),
  'value-type': refused('A value is a text, number, true, false or null; nested maps are not values.'),
  'value-too-long': refused('Shorten the value.'),
  'value-wildcards': refused('Use fewer wildcards, or a regular expression.'),
  'keyword-type': refused('A keyword is a text, number or boolean; name a field to test for null.'),

  // modifiers
  'modifier-unknown': refused('See docs/sigma.md for the modifiers.'),
  'modifier-order': refused('Modifiers apply from left to right; put it where the message says.'),
  'modifier-type': refused('See docs/sigma.md for what the modifier takes.'),
  'modifier-conflict': refused('Leave one of the two modifiers out.'),
  'modifier-too-many': refused('Leave out what stands twice.'),
  'wildcard-not-allowed': refused('Write `\\*` and `\\?` for the characters themselves.'),
  'base64-too-short': refused('Base64 of so few bytes pins down no text at some offset; use a longer value.'),
  'regex-syntax': refused('Correct the expression; the dialect is RE2 (https://github.com/google/re2/wiki/Syntax).'),
  'regex-unsupported': refused('RE2 has no look-around, backreferences, atomic groups or possessive quantifiers.'),
  'regex-too-large': refused('Reduce counted repetitions such as {1,1000}.'),
  'cidr-invalid': refused('Write a network as 10.0.0.0/8 or 2001:db8::/32.'),
  'cidr-host-bits': warning('Write the network address; the bits after the prefix are ignored.'),
  'placeholder-unresolved': refused('Give the placeholder a value list, or replace it by values.'),
  'placeholder-too-many': refused('Shorten the value lists.'),
  'placeholder-file': refused('A file of placeholders is one YAML map of names to lists of values.'),
  'placeholder-none': warning('`expand` does nothing without a %placeholder% in the value.'),

  // conditions
  'condition-missing': refused('Add a condition that names the selections.'),
  'condition-type': refused('A condition is a text or a list of texts.'),
  'condition-too-long': refused('Shorten the condition, for example with `1 of selection_*`.'),
  'condition-too-deep': refused('Take out parentheses or repeated `not`.'),
  'condition-too-many-names': refused(
    'Use fewer `1 of` and `all of` patterns, or fewer selections; or split the rule.',
  ),
  'condition-syntax': refused(
    'A condition joins selections with and, or, not, `1 of x*`, `all of x*` and parentheses.',
  ),
  'condition-undefined': refused('Name a selection of this rule.'),
  'condition-empty-selector': refused(
    'The pattern fits no selection; those beginning with `_` are left out unless the pattern begins with `_`.',
  ),
  'condition-count': refused('Use `1 of`, `any of` or `all of`; other counts are not part of Sigma.'),
  'condition-aggregation': refused('Aggregations after `|` were removed from Sigma: use a correlation document.'),
  'condition-keyword-case': warning('Write and, or, not, of and them in lower case.'),
};
