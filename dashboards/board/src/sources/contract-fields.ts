/** A contract as the fields of its form, and back. */
import type { Band, HourClass, SourceContract } from '../../../../src/model/source-contract.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** As in model/source-contract.ts, which the board takes types from only. */
export const classes: readonly HourClass[] = ['working', 'night', 'weekend', 'holiday'];
export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;

export const emptyContract: SourceContract = {
  agreedMs: 0,
  kinds: [],
  volume: null,
  workingHours: { fromMinute: 450, untilMinute: 1020, days: [1, 2, 3, 4, 5] },
  silenceMs: hourMs,
  kindSilenceMs: 24 * hourMs,
  lagMs: 0,
  skewMs: 0,
};

/** `07:30` */
export function clockOf(minute: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
}

function minuteOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}

/** What the form holds; an empty number is 0. */
export function contractOf(form: FormData): SourceContract {
  const text = (name: string): string => String(form.get(name) ?? '').trim();
  const count = (name: string): number => Math.max(0, Math.round(Number(text(name)) || 0));
  const ms = (name: string, unitMs: number): number => Math.max(0, Math.round((Number(text(name)) || 0) * unitMs));
  const band = (each: HourClass): Band => ({ least: count(`${each}-least`), most: count(`${each}-most`) });
  const volume = { working: band('working'), night: band('night'), weekend: band('weekend'), holiday: band('holiday') };
  const until = minuteOf(text('until'));
  return {
    agreedMs: 0,
    kinds: text('kinds')
      .toLowerCase()
      .split(/[\s,;]+/)
      .filter((kind) => kind !== ''),
    volume: form.get('volume') === null ? null : volume,
    workingHours: {
      fromMinute: minuteOf(text('from')),
      untilMinute: until === 0 ? 1_440 : until,
      days: weekdays.filter((day) => form.get(`day-${day}`) !== null),
    },
    silenceMs: ms('silence', minuteMs),
    kindSilenceMs: ms('kind-silence', hourMs),
    lagMs: ms('lag', minuteMs),
    skewMs: ms('skew', 1_000),
  };
}
