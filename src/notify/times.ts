const zoneMs = 7 * 3_600_000;

/** `22/11/2026 09:30:00 +07:00` of ms since the epoch. Viet Nam keeps one zone and no summer time. */
export function localTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms + zoneMs).toISOString().split('T');
  return `${date.split('-').reverse().join('/')} ${time.slice(0, 8)} +07:00`;
}
