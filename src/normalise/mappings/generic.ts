import type { Mapping } from '../mapping.ts';
import { windowsTags } from './windows.ts';

/**
 * JSON that states its own `product`, `category` and `service` (our applications' form, and what many pipelines
 * write): they become the logsource and stay fields. No field is ever added. Windows channels are recognised too.
 */
export const generic: Mapping = {
  id: 'generic',
  parsers: ['json'],
  ownLogsource: true,
  telling: [
    'action',
    'event',
    'eventName',
    'user',
    'username',
    'src_ip',
    'doc_id',
    'status',
    'CommandLine',
    'Image',
    'TargetFilename',
    'cs-method',
    'cs-uri-query',
  ],
  rules: windowsTags,
};
