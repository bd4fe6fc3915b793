import type { FieldValue, SecurityEvent } from '../model/event.ts';
import { foldText } from './fold.ts';

/** Of one event's field texts, beyond its message; a longer rest is found by `field:value` only. */
const fieldCharsMax = 16_384;

/** Beyond ASCII, or what JSON escapes. */
const mayBeSpeltOtherwise = /[\u0080-\uffff\\"]/;

/**
 * What free words are looked for in: the message, folded, on the first line; then the texts of fields that the raw line
 * may spell otherwise (marks in another Unicode form or as \\u escapes, doubled backslashes, escaped quotes).
 */
export function searchTextOf(event: Pick<SecurityEvent, 'message' | 'fields'>): string {
  const message = foldText(event.message);
  let more = '';
  const visit = (value: FieldValue): void => {
    if (typeof value === 'string') {
      if (!mayBeSpeltOtherwise.test(value) || more.length + value.length > fieldCharsMax) return;
      const folded = foldText(value);
      if (!message.includes(folded)) more += `\n${folded}`;
    } else if (Array.isArray(value)) for (const each of value) visit(each);
  };
  for (const value of Object.values(event.fields)) visit(value);
  return message + more;
}
