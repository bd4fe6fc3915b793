import type { OfficialDays } from '../model/source-contract.ts';

/**
 * What was decided for public servants beyond the rules of holidays.ts: days exchanged to join a holiday with the
 * weekend. Later years are added by an administrator (`PUT /api/v1/calendar`) when the decision is published.
 */
const shipped: OfficialDays = {
  off: ['2024-04-29', '2025-05-02', '2026-01-02', '2026-08-31'],
  worked: ['2024-05-04', '2025-04-26', '2026-01-10', '2026-08-22'],
};

/** With what an administrator added. */
export function allOfficialDays(added: Partial<OfficialDays>): OfficialDays {
  return { off: [...shipped.off, ...(added.off ?? [])], worked: [...shipped.worked, ...(added.worked ?? [])] };
}
