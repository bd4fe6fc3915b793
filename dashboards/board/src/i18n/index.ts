/** The interface's words. Vietnamese is the first language and defines the keys; English must have every one of them. */
import { type Signal, signal } from '@preact/signals';
import { ApiFailure } from '../api-client.ts';
import { remembered } from '../remembered.ts';
import { agentsEn } from './agents-en.ts';
import { agentsVi } from './agents-vi.ts';
import { en } from './en.ts';
import { fill } from './fill.ts';
import { indicatorsEn } from './indicators-en.ts';
import { indicatorsVi } from './indicators-vi.ts';
import type { Language } from './language.ts';
import { sourcesEn } from './sources-en.ts';
import { sourcesVi } from './sources-vi.ts';
import { vi } from './vi.ts';

type Words = typeof vi & typeof sourcesVi & typeof indicatorsVi & typeof agentsVi;
export type Key = keyof Words;

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<K extends Key> = Readonly<Record<Names<Words[K]>, string | number>>;
type Arguments<K extends Key> = [Names<Words[K]>] extends [never] ? [] : [values: Values<K>];

/** Keys whose text has nothing to fill in: the ones a table may hold. */
export type PlainKey = { [K in Key]: [Names<Words[K]>] extends [never] ? K : never }[Key];

const words: Readonly<Record<Language, Readonly<Record<Key, string>>>> = {
  vi: { ...vi, ...sourcesVi, ...indicatorsVi, ...agentsVi },
  en: { ...en, ...sourcesEn, ...indicatorsEn, ...agentsEn },
};

/** The document has one language, hence one signal. */
export const language: Signal<Language> = signal(remembered.get('language') === 'en' ? 'en' : 'vi');

export function setLanguage(to: Language): void {
  language.value = to;
  remembered.set('language', to);
  document.documentElement.lang = to;
}

/** A text of the interface in the present language; reading it in a component redraws that on a switch. */
export function t<K extends Key>(key: K, ...rest: Arguments<K>): string {
  const lang = language.value;
  return fill(words[lang][key], rest[0] ?? {}, lang);
}

/** Rule and incident titles come in both languages; NFC, since composed letters are drawn best. */
export function titleOf(item: { readonly title: string; readonly titleVi: string }): string {
  const text = language.value === 'vi' ? item.titleVi || item.title : item.title || item.titleVi;
  return text.normalize('NFC');
}

/** What to tell a person about a failed call. */
export function failureText(error: unknown): string {
  if (!(error instanceof ApiFailure)) return t('fail.unknown');
  if (error.status === 0) return t('fail.network');
  if (error.status === 429) return t('fail.tooMany', { n: Math.max(1, error.retryAfterSeconds) });
  const own = language.value === 'vi' ? error.messageVi : error.message;
  if (own !== '' && !own.startsWith('HTTP ')) return own;
  if (error.status === 403) return t('fail.forbidden');
  if (error.status === 404) return t('fail.missing');
  return t('fail.status', { status: String(error.status) });
}
