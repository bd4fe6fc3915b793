import type { EventFields } from '../match/field-content.ts';
import type { Correlation } from './ir.ts';
import type { Member } from './member.ts';

/**
 * A hit as an event for the correlations built on this one: its group and what it carries, by name. Its order key comes
 * right after that of the completing event and differs between the groups of one event.
 */
export function hitEvent(
  { id, ir }: Pick<Correlation, 'id' | 'ir'>,
  completing: Pick<Member, 'order' | 'carried'>,
  group: readonly string[],
): { readonly fields: EventFields; readonly order: string } {
  const fields: Record<string, string> = Object.create(null);
  for (const [at, { name }] of ir.carries.entries()) {
    const text = completing.carried[at];
    if (text !== null && text !== undefined) fields[name] = text;
  }
  for (const [at, { name }] of ir.groupBy.entries()) fields[name] = group[at] ?? '';
  return { fields, order: `${completing.order}\u0001${id}\u0001${JSON.stringify(group)}` };
}
