/** What is to be said of an agent, and which of them need somebody. */
import type { AgentView } from '../../../../src/contract/agents.ts';
import type { AgentConfig } from '../../../../src/model/agent.ts';
import { number } from '../format.ts';
import type { Language } from '../i18n/language.ts';

/** Agents report once a minute. */
const silentMs = 5 * 60_000;

/** The worst of an agent: what it lost, then silence, then what it says is wrong. */
export type AgentState =
  | { readonly is: 'well' }
  | { readonly is: 'never' }
  | { readonly is: 'silent' }
  | { readonly is: 'lost' | 'troubles'; readonly count: number };

export function stateOf({ seenMs, report }: AgentView, atMs: number): AgentState {
  if (report === null) return { is: 'never' };
  if (atMs - seenMs > silentMs) return { is: 'silent' };
  const lost = report.droppedLines + report.rejectedLines;
  if (lost > 0) return { is: 'lost', count: lost };
  return report.problems.length === 0 ? { is: 'well' } : { is: 'troubles', count: report.problems.length };
}

export function isTroubled(agent: AgentView, atMs: number): boolean {
  const { is } = stateOf(agent, atMs);
  return is !== 'well' && is !== 'never';
}

/** Those that need somebody first, then by name. */
export function byNeed(items: readonly AgentView[], atMs: number): readonly AgentView[] {
  const need = (agent: AgentView): number => (isTroubled(agent, atMs) ? 1 : 0);
  return items.toSorted((a, b) => need(b) - need(a) || a.name.localeCompare(b.name, 'vi'));
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `12,4 MiB` */
export function bytesText(bytes: number, language: Language): string {
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${number(bytes / 1024 ** step, language, step === 0 ? 0 : 1)} ${units[step] ?? ''}`;
}

/** What an agent that was told nothing may be told: the usual logs of a Linux machine. */
const beginning: AgentConfig = {
  inputs: [{ paths: ['/var/log/*.log'], exclude: [], source: '', parser: '', begin: 'end' }],
  spoolBytesMax: 268_435_456,
  whenFull: 'block',
};

export function configText(config: AgentConfig | null): string {
  return JSON.stringify(config ?? beginning, null, 2);
}
