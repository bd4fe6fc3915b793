import type { Incidents } from '../incident/index.ts';
import type { Alert } from '../model/finding.ts';
import type { IncidentFacts } from '../model/incident.ts';
import { type OfficialDays, officialDaysSubject } from '../model/source-contract.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { parserIds } from '../parse/index.ts';
import type { Register } from '../register/index.ts';
import type { State } from '../state/index.ts';
import type { Store } from '../store/index.ts';
import { createWatch, type Watch } from '../watch/index.ts';
import { allOfficialDays } from '../watch/official-days.ts';
import { createSourceViews, type SourceViews } from '../watch/views.ts';
import type { RuleBook } from './rules.ts';

async function officialDaysOf(ledger: Pick<Store['ledger'], 'newest'>): Promise<OfficialDays> {
  const row = await ledger.newest('setting', officialDaysSubject);
  return allOfficialDays(row?.document ?? {});
}

/** What people ask of sources and of the calendar they are judged by. */
export function openSourceViews(o: { readonly store: Store; readonly clock: () => number }): SourceViews {
  return createSourceViews({
    rows: o.store.sourceWatch,
    parserIds,
    officialDays: () => officialDaysOf(o.store.ledger),
    clock: o.clock,
  });
}

/** The watch over sources, joined to the rest. */
export function openWatch(o: {
  readonly store: Store;
  readonly lock: State['lock'];
  readonly register: Register;
  readonly rules: Pick<RuleBook, 'list'>;
  readonly incidents: Pick<Incidents, 'place' | 'show'>;
  readonly notify: (raised: { readonly alert: Alert; readonly incident: IncidentFacts }) => Promise<void>;
  readonly process: string;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}): Watch {
  return createWatch({
    rows: o.store.sourceWatch,
    sources: o.register.sources,
    orgOf: (source) => o.register.system(source.system)?.org ?? source.org,
    rules: o.rules.list,
    officialDays: () => officialDaysOf(o.store.ledger),
    raise: async (alerts) => {
      const placed = await o.incidents.place(alerts);
      const incidents = new Map(placed.incidents.map((facts) => [facts.id, facts]));
      for (const alert of placed.alerts) {
        const incident = incidents.get(alert.incident);
        if (incident !== undefined) await o.notify({ alert, incident });
      }
      await o.incidents.show(placed);
    },
    lock: o.lock,
    process: o.process,
    clock: o.clock,
    log: o.log.child({ part: 'watch' }),
    metrics: o.metrics,
  });
}
