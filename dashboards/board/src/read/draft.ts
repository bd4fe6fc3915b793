/** A mapping file made from choices: which of a source's own names is which of the names rules use. Pure. */

/** Names that rules, alerts and the board understand, in the order they are offered; words in i18n as `target.NAME`. */
export const targets = [
  'time',
  'host',
  'user',
  'target_user',
  'src_ip',
  'dst_ip',
  'src_port',
  'dst_port',
  'action',
  'outcome',
  'blocked',
  'object',
  'cs-method',
  'cs-host',
  'cs-uri-stem',
  'cs-uri-query',
  'sc-status',
  'c-useragent',
  'Image',
  'CommandLine',
  'ParentImage',
  'TargetFilename',
  'Hashes',
  'message',
] as const;
export type Target = (typeof targets)[number];

export interface DraftChoices {
  readonly id: string;
  readonly about: string;
  readonly parser: string;
  readonly product: string;
  readonly category: string;
  readonly service: string;
  /** Names that a record must have to be one of these. */
  readonly needs: readonly string[];
  readonly copies: readonly { readonly target: Target; readonly from: string }[];
}

/** A text as a YAML scalar that is read as this text whatever stands in it. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/** The file's text (docs/mappings.md). */
export function draftOf(choices: DraftChoices): string {
  const { id, about, parser, product, category, service, needs, copies } = choices;
  // When and where are no fields of an event but what it is filed under.
  const isFiled = ({ target }: DraftChoices['copies'][number]): boolean => target === 'time' || target === 'host';
  const filed = copies.filter(isFiled);
  const copied = copies.filter((copy) => !isFiled(copy));
  const line = ({ target, from }: DraftChoices['copies'][number]): string => `  ${target}: ${scalar(from)}`;
  const tags = [
    ['product', product],
    ['categories', category],
    ['services', service],
  ].filter(([, value]) => value !== '');
  const says = [
    ...tags.map(([key, value]) => `${key}: ${scalar(value ?? '')}`),
    ...(copied.length === 0 ? [] : ['copy:', ...copied.map(line)]),
  ];
  return [
    `mapping: ${scalar(id)}`,
    `about: ${scalar(about)}`,
    `parsers: [${scalar(parser)}]`,
    ...(needs.length === 0 ? [] : [`needs: [[${needs.map(scalar).join(', ')}]]`]),
    ...(filed.length === 0 ? [] : ['identity:', ...filed.map(line)]),
    ...(says.length === 0
      ? ['rules: []']
      : ['rules:', ...says.map((said, i) => `${i === 0 ? '  - ' : '    '}${said}`)]),
    '',
  ].join('\n');
}

/** The inner parser of a wrapped line: what mappings speak of. */
export function innerOf(parser: string): string {
  return parser.slice(parser.lastIndexOf('+') + 1);
}
