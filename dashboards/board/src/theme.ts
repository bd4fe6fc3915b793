/** Light or dark: follows the system until a person chooses. */
import { type Signal, signal } from '@preact/signals';
import { remembered } from './remembered.ts';

type Theme = 'light' | 'dark' | 'system';

function kept(): Theme {
  const asked = new URLSearchParams(location.search).get('theme') ?? remembered.get('theme');
  return asked === 'light' || asked === 'dark' ? asked : 'system';
}

const theme: Signal<Theme> = signal(kept());

export function showTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
}

export function toggleTheme(): void {
  const dark =
    theme.value === 'dark' || (theme.value === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  theme.value = dark ? 'light' : 'dark';
  remembered.set('theme', theme.value);
  showTheme();
}
