import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

interface Namespace {
  readonly namespace: string;
  readonly finds: string;
  readonly form: RegExp;
  readonly advice: string;
}

/** Tactics of ATT&CK Enterprise, Mobile and ICS, those of earlier versions too. */
const tactics = [
  'reconnaissance|resource-development|initial-access|execution|persistence|privilege-escalation|defense-evasion',
  'stealth|defense-impairment|credential-access|discovery|lateral-movement|collection|command-and-control',
  'exfiltration|impact|evasion|inhibit-response-function|impair-process-control|network-effects',
  'remote-service-effects',
].join('|');

function tagName({ namespace, finds, form, advice }: Namespace): Check {
  return {
    id: `tag-${namespace}`,
    severity: 'warning',
    finds,
    advice,
    document({ root }, report) {
      for (const tag of textsAt(root, 'tags')) {
        if (!tag.value.startsWith(`${namespace}.`)) continue;
        const name = tag.value.slice(namespace.length + 1);
        if (!form.test(name)) report(tag.at, `"${name.slice(0, 60)}" is no name of ${namespace}`);
      }
    },
  };
}

/** Names inside the namespaces of the tags appendix 2.1. */
export const tagNames: readonly Check[] = [
  tagName({
    namespace: 'attack',
    finds: 'an `attack` tag that is no tactic, technique, group, software, data source, mitigation or asset',
    form: new RegExp(`^(${tactics}|t\\d{4}(\\.\\d{3})?|[gsma]\\d{4}|ds\\d{4}|m\\d{4}|ta\\d{4}|c\\d{4})$`),
    advice: 'Write the tactic with hyphens (attack.lateral-movement), the technique as attack.t1059.001.',
  }),
  tagName({
    namespace: 'car',
    finds: 'a `car` tag without the number of an analytic',
    form: /^\d{4}-\d{2}-\d{3}$/,
    advice: 'Write car.2016-04-005.',
  }),
  tagName({
    namespace: 'cve',
    finds: 'a `cve` tag that is no CVE number',
    form: /^\d{4}-\d{4,}$/,
    advice: 'Write cve.2021-44228.',
  }),
  tagName({
    namespace: 'd3fend',
    finds: 'a `d3fend` tag that is no tactic, technique or artifact',
    form: /^(model|harden|detect|isolate|deceive|evict|d3-[a-z0-9]+|d3f-[a-z0-9]+)$/i,
    advice: 'Write d3fend.d3-am for a technique, d3fend.d3f-WindowsNtOpenFile for an artifact.',
  }),
  tagName({
    namespace: 'detection',
    finds: 'a `detection` tag outside dfir, emerging-threats, threat-hunting',
    form: /^(dfir|emerging-threats|threat-hunting)$/,
    advice: 'Use dfir, emerging-threats or threat-hunting.',
  }),
  tagName({
    namespace: 'stp',
    finds: 'an `stp` tag that is no score of Summiting the Pyramid',
    form: /^[1-5][auk]?$/,
    advice: 'Write 1 to 5, with a, u or k after it: stp.3k.',
  }),
  tagName({
    namespace: 'tlp',
    finds: 'a `tlp` tag that is no level of the Traffic Light Protocol',
    form: /^(red|amber|amber-strict|green|clear|white)$/,
    advice: 'Use red, amber, amber-strict, green or clear.',
  }),
];
