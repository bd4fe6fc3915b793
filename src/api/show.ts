import type { AlertView, IncidentCard } from '../contract/api.ts';
import type { Alert } from '../model/finding.ts';
import type { IncidentFacts } from '../model/incident.ts';
import type { Directory } from './directory.ts';
import type { HandlingPort, IncidentsPort, ViewAlertPort } from './ports.ts';

/** Views with what they borrow from elsewhere: system names, incident codes, the human side. */
export interface Show {
  alerts(alerts: readonly Alert[]): Promise<AlertView[]>;
  cards(facts: readonly IncidentFacts[]): Promise<IncidentCard[]>;
  card(facts: IncidentFacts): Promise<IncidentCard>;
}

export interface ShowParts {
  readonly directory: Directory;
  readonly incidents: Pick<IncidentsPort, 'get'>;
  readonly handling: Pick<HandlingPort, 'cards'>;
  readonly viewAlert: ViewAlertPort;
}

/** Codes never change, so they are remembered; the oldest go first. */
const codesMax = 10_000;

export function createShow(parts: ShowParts): Show {
  const codes = new Map<string, string>();

  async function codeOf(incident: string): Promise<string> {
    const known = codes.get(incident);
    if (known !== undefined || incident === '') return known ?? '';
    const code = (await parts.incidents.get(incident))?.code ?? '';
    if (code !== '') codes.set(incident, code);
    const oldest = codes.keys().next();
    if (codes.size > codesMax && oldest.done !== true) codes.delete(oldest.value);
    return code;
  }

  const cards = async (facts: readonly IncidentFacts[]): Promise<IncidentCard[]> =>
    facts.length === 0 ? [] : [...(await parts.handling.cards(facts))];

  return {
    alerts: async (alerts) => {
      if (alerts.length === 0) return [];
      const systems = (await parts.directory.systems()).byId;
      const incidents = [...new Set(alerts.map(({ incident }) => incident))];
      const found = new Map(await Promise.all(incidents.map(async (id) => [id, await codeOf(id)] as const)));
      return alerts.map((alert) => {
        const systemName = systems.get(alert.system)?.value.name ?? alert.system;
        return parts.viewAlert(alert, { incidentCode: found.get(alert.incident) ?? '', systemName });
      });
    },
    cards,
    card: async (facts) => {
      const [card] = await cards([facts]);
      if (card === undefined) throw new Error('one fact gives one card');
      return card;
    },
  };
}
