import { isAscii } from './classes.ts';
import { eventText } from './event-text.ts';
import type { LiteralKind } from './text-shape.ts';

/** What many events show, folded, with a guess of how many: the model of characters knows no words. */
const usual: readonly (readonly [share: number, words: readonly string[]])[] = [
  [0.3, ['\\windows\\', 'system32', 'c:\\', ':\\', '.exe', 'system', 'high', 'medium', 'windows', 'microsoft', 'true']],
  [0.2, ['\\users\\', 'program files', '.dll', 'software\\', 'http', '://', 'false', 'administrator', 'security']],
  [0.2, ['\\appdata\\local\\', '\\programdata\\', '\\temp\\', '.log', '.tmp', '.txt', 'low', 'authority\\', 'root']],
  [0.1, ['\\explorer.exe', '\\svchost.exe', '\\services.exe', '\\cmd.exe', '\\powershell.exe', '\\chrome.exe']],
  [0.1, ['\\firefox.exe', '\\msedge.exe', '\\outlook.exe', '\\winword.exe', '\\excel.exe', '\\runtimebroker.exe']],
  [0.05, ['\\winlogon.exe', '\\wmiprvse.exe', '\\rundll32.exe', '\\conhost.exe', '\\lsass.exe', '\\taskhostw.exe']],
  [0.05, ['\\searchindexer.exe', '\\spoolsv.exe', '\\csrss.exe', '\\wininit.exe', '\\smss.exe', '\\msiexec.exe']],
];

const longestUsual = Math.max(...usual.flatMap(([, words]) => words.map((word) => word.length)));

/** A value as long as most are. */
const usualLength = 60;
/** How much likelier a text is at the ends of a value, or as all of it, than the model says of any place. */
const endWeight = 8;

/** How often a folded literal is likely to turn up in an event that has its field; only for speed. */
export function likelihood(kind: LiteralKind, text: string): number {
  if (!isAscii(text)) return 0.001;
  // Numbers that stand alone are mostly kinds of events, of which a source has few.
  if (kind === 'exact' && /^\d{1,5}$/.test(text)) return 0.1;
  const places = kind === 'contains' ? usualLength : endWeight;
  let share = eventText.chanceOf(text) * places;
  if (text.length <= longestUsual) {
    const found = usual.find(([, words]) => words.some((word) => isUsual(text, word, kind)));
    if (found !== undefined) share = Math.max(share, found[0]);
  }
  return Math.min(0.9, share);
}

/** Whether the literal says no more than a usual word does. */
function isUsual(text: string, word: string, kind: LiteralKind): boolean {
  if (kind === 'contains') return word.includes(text);
  return kind === 'suffix' ? word.endsWith(text) : kind === 'prefix' ? word.startsWith(text) : word === text;
}
