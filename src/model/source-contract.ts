/** What a source owes: agreed by people, judged every minute (src/watch). Times are ms, rates are rows an hour. */
export interface SourceContract {
  /** Since when something is agreed; nothing before is held against the source. Later edits leave it. */
  readonly agreedMs: number;
  /**
   * Kinds of logs owed, each `product/service` or `product/category` (`windows/security`, `linux/auditd`), or a product
   * alone. One that stays away for longer than `kindSilenceMs` is a breach even when others keep coming.
   */
  readonly kinds: readonly string[];
  /** Rows an hour by class of the hour; null: nothing was agreed. A class whose least is 0 may be silent. */
  readonly volume: Readonly<Record<HourClass, Band>> | null;
  readonly workingHours: WorkingHours;
  /** Silence of all, and of one kind, that is borne. Counted only while the volume owes something. 0: not agreed. */
  readonly silenceMs: number;
  readonly kindSilenceMs: number;
  /** Longest usual way from the event to its receipt. 0: not agreed. */
  readonly lagMs: number;
  /** How far the source's clock may be off. 0: not agreed. */
  readonly skewMs: number;
}

/** `working`: office hours (giờ hành chính) · `night`: the rest of a working day · `weekend` · `holiday`. */
export const hourClasses = ['working', 'night', 'weekend', 'holiday'] as const;
export type HourClass = (typeof hourClasses)[number];

/** Least and most rows an hour; a most of 0 is no bound. */
export interface Band {
  readonly least: number;
  readonly most: number;
}

/** Minutes of the local day (+07:00), and working days: 1 = Monday … 7 = Sunday. */
export interface WorkingHours {
  readonly fromMinute: number;
  readonly untilMinute: number;
  readonly days: readonly number[];
}

/** 07:30 to 17:00, Monday to Friday. */
export const officeHours: WorkingHours = { fromMinute: 450, untilMinute: 1020, days: [1, 2, 3, 4, 5] };

/** What the yearly official decision changes: days off beyond the rules, and days worked instead; `YYYY-MM-DD`. */
export interface OfficialDays {
  readonly off: readonly string[];
  readonly worked: readonly string[];
}

/** Subject of the setting that keeps them in the ledger. */
export const officialDaysSubject = 'official-days';

/** In what a contract is broken. `silent`: nothing comes · `kind-missing`: one kind of log does not come. */
export const breachKinds = ['silent', 'kind-missing', 'volume-low', 'volume-high', 'lag', 'clock', 'format'] as const;
export type BreachKind = (typeof breachKinds)[number];

/** A way for a clock to be put right: added to what the source's lines say, from when it was set on. */
export interface TimeCorrection {
  /** ms added to the event's time; negative for a clock that is ahead. */
  readonly addMs: number;
  readonly reason: string;
}
